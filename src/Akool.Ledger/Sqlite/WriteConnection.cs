using Akool.Ledger.Rows;
using Microsoft.Data.Sqlite;

namespace Akool.Ledger.Sqlite;

/// <summary>The one connection that writes, with its statements prepared once. Used by one thread at a time. Everything throws <see cref="SqliteException"/>.</summary>
internal sealed class WriteConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly UpsertStatement _upsert;
    private readonly SqliteCommand _forget;
    private readonly SqliteCommand _purge;
    private readonly SqliteCommand _touch;

    public WriteConnection(SqliteFile file)
    {
        _connection = file.Open();
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _upsert = new(_connection);
        _forget = Prepare("DELETE FROM sessions WHERE id = $id AND revision <= $revision", "$id", "$revision");
        _purge = Prepare(
            "DELETE FROM sessions WHERE rowid IN (SELECT rowid FROM sessions WHERE terminal = 1 AND end_time < $before ORDER BY end_time LIMIT $limit)",
            "$before",
            "$limit");
        _touch = Prepare($"PRAGMA user_version={Schema.Steps.Count}");
    }

    /// <summary>Writes all of it; on disk when it returns. Where it throws the connection must be disposed, which rolls back.</summary>
    public void Commit(WriteBatch batch)
    {
        _begin.ExecuteNonQuery();
        foreach (var write in batch.Writes) _upsert.Run(write.Row);
        foreach (var change in batch.Changes.Values)
        {
            if (change.Forgets) Forget(change.Row);
            else _upsert.Run(change.Row);
        }

        // Nothing to write, but an answer is wanted whether one could: this writes a page with what it already holds.
        if (batch.IsEmpty) _touch.ExecuteNonQuery();
        _commit.ExecuteNonQuery();
    }

    /// <summary>Deletes up to <paramref name="limit"/> sessions that ended before; gives how many they were.</summary>
    public int Purge(DateTimeOffset endedBefore, int limit)
    {
        _purge.Parameters[0].Value = RowTime.Of(endedBefore);
        _purge.Parameters[1].Value = limit;
        return _purge.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _upsert.Dispose();
        _forget.Dispose();
        _purge.Dispose();
        _touch.Dispose();
        _connection.Dispose();
    }

    private void Forget(SessionRow row)
    {
        _forget.Parameters[0].Value = row.Id;
        _forget.Parameters[1].Value = row.Revision;
        _forget.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }
}
