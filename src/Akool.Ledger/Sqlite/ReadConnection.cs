using Akool.Ledger.Rows;
using Akool.Sessions;
using Microsoft.Data.Sqlite;

namespace Akool.Ledger.Sqlite;

/// <summary>The connection that reads, so that a read never waits for the writer. Opened when first used; one read at a time.</summary>
internal sealed class ReadConnection(SqliteFile file) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1); // guards the two fields below
    private SqliteConnection? _connection;
    private SqliteCommand? _find;

    /// <summary>All sessions that live, and those that ended after a moment. Throws what SQLite throws, and <see cref="InvalidDataException"/>.</summary>
    public Task<IReadOnlyList<SessionRecord>> LoadAsync(DateTimeOffset endedSince, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<SessionRecord>>(() => Load(endedSince, cancellation), cancellation);

    /// <summary>The latest session of an owner's request id begun after a moment. Throws as <see cref="LoadAsync"/> does.</summary>
    public Task<SessionRecord?> FindAsync(OwnerId owner, string requestId, DateTimeOffset since, CancellationToken cancellation) =>
        ReadAsync(() => Find(owner, requestId, since), cancellation);

    public void Dispose()
    {
        Disconnect();
        _turn.Dispose();
    }

    private async Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return read(); // SQLite has no asynchronous reads; one by an index takes microseconds
        }
        catch
        {
            Disconnect();
            throw;
        }
        finally { _turn.Release(); }
    }

    private List<SessionRecord> Load(DateTimeOffset endedSince, CancellationToken cancellation)
    {
        using var load = Connect().CreateCommand();
        load.CommandText =
            $"SELECT {RowColumns.List} FROM sessions WHERE terminal = 0 UNION ALL SELECT {RowColumns.List} FROM sessions WHERE terminal = 1 AND end_time > $since";
        load.Parameters.AddWithValue("$since", RowTime.Of(endedSince));
        using var reader = load.ExecuteReader();
        var records = new List<SessionRecord>();
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            records.Add(RowColumns.Read(reader).ToRecord());
        }

        return records;
    }

    private SessionRecord? Find(OwnerId owner, string requestId, DateTimeOffset since)
    {
        _find ??= PrepareFind(Connect());
        _find.Parameters[0].Value = owner.Value;
        _find.Parameters[1].Value = requestId;
        _find.Parameters[2].Value = RowTime.Of(since);
        using var reader = _find.ExecuteReader();
        return reader.Read() ? RowColumns.Read(reader).ToRecord() : null;
    }

    /// <summary>The search for an owner's request id, without values; the caller's to dispose.</summary>
    internal static SqliteCommand PrepareFind(SqliteConnection connection)
    {
        var find = connection.CreateCommand();
        // request_id <> '' is what lets the index be used, which leaves those without one out.
        find.CommandText =
            $"SELECT {RowColumns.List} FROM sessions WHERE owner = $owner AND request_id = $request AND request_id <> '' AND create_time > $since ORDER BY create_time DESC LIMIT 1";
        foreach (var name in (ReadOnlySpan<string>)["$owner", "$request", "$since"]) find.Parameters.Add(new SqliteParameter { ParameterName = name });
        return find;
    }

    private SqliteConnection Connect() => _connection ??= file.Open();

    private void Disconnect()
    {
        _find?.Dispose();
        _connection?.Dispose();
        (_find, _connection) = (null, null);
    }
}
