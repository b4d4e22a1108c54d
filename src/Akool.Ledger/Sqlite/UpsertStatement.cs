using Akool.Ledger.Rows;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Akool.Ledger.Sqlite;

/// <summary>
/// The statement behind every write of a session. Not a <see cref="SqliteCommand"/>: that makes objects for each of the row's columns, each time, and an
/// open writes twice. Belongs to its connection; used by one thread at a time. Everything throws <see cref="SqliteException"/>.
/// </summary>
internal sealed class UpsertStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public UpsertStatement(SqliteConnection connection)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, RowColumns.Upsert, out _statement));
    }

    /// <summary>Writes a row, unless a newer revision is there. To be called within a transaction, so that no lock has to be waited for.</summary>
    public void Run(SessionRow row)
    {
        try
        {
            Check(RowColumns.Bind(_statement, row));
            Check(raw.sqlite3_step(_statement));
        }
        finally
        {
            _ = raw.sqlite3_reset(_statement); // tells the last step's error once more
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
