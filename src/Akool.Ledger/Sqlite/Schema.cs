using Microsoft.Data.Sqlite;

namespace Akool.Ledger.Sqlite;

/// <summary>The tables and how older files become the present ones. A step, once released, is never changed: a change is a new step.</summary>
internal static class Schema
{
    /// <summary>Marks a SQLite file as a ledger: "akol".</summary>
    private const long ApplicationId = 0x616B6F6C;

    /// <summary>Step n takes a file from version n to version n + 1; the version is SQLite's <c>user_version</c>.</summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE sessions (
            id TEXT NOT NULL PRIMARY KEY,
            owner TEXT NOT NULL,
            request_id TEXT NOT NULL,
            request_fingerprint TEXT NOT NULL,
            state TEXT NOT NULL,
            terminal INTEGER NOT NULL,
            upstream TEXT,
            config TEXT NOT NULL,
            lease TEXT NOT NULL,
            labels TEXT,
            media TEXT,
            room_client_url TEXT,
            room_server_url TEXT,
            create_time INTEGER NOT NULL,
            active_time INTEGER,
            end_time INTEGER,
            close_reason INTEGER NOT NULL,
            problem TEXT,
            active_duration INTEGER NOT NULL,
            turns_accepted INTEGER NOT NULL,
            turns_completed INTEGER NOT NULL,
            turns_not_completed INTEGER NOT NULL,
            revision INTEGER NOT NULL
        ) STRICT;
        -- Not unique: after 24 hours a request id may be used again while the older session is still live.
        CREATE INDEX sessions_request ON sessions (owner, request_id, create_time) WHERE request_id <> '';
        CREATE INDEX sessions_live ON sessions (terminal) WHERE terminal = 0;
        CREATE INDEX sessions_ended ON sessions (end_time) WHERE terminal = 1;
        """,
    ];

    /// <summary>
    /// Brings the file to the version after the last of <paramref name="steps"/>, in one transaction, and gives how many steps it took.
    /// Throws <see cref="LedgerRefusedException"/> where the file is not a ledger, is damaged, or is of a newer version.
    /// </summary>
    public static int Migrate(SqliteConnection connection, IReadOnlyList<string> steps)
    {
        var version = VersionOf(connection, steps.Count); // before anything is written: the file may be somebody else's
        if (Ask<string>(connection, "PRAGMA journal_mode=WAL") != "wal")
            throw new LedgerRefusedException("its file system cannot hold a write-ahead log; put it on a local disk");

        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var step in steps.Skip(version)) Execute(connection, step);
        Execute(connection, $"PRAGMA application_id={ApplicationId}; PRAGMA user_version={steps.Count}");
        transaction.Commit();
        return steps.Count - version;
    }

    private static int VersionOf(SqliteConnection connection, int newest)
    {
        // 1: the first fault is enough to refuse.
        if (Ask<string>(connection, "PRAGMA quick_check(1)") != "ok")
            throw new LedgerRefusedException("it is damaged; restore it from a copy, or move it and its -wal away to begin anew");

        var version = Ask<long>(connection, "PRAGMA user_version");
        var isNew = version == 0 && Ask<long>(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && Ask<long>(connection, "PRAGMA application_id") != ApplicationId)
            throw new LedgerRefusedException("it is the database of another application; set Ledger:ConnectionString to another file");
        if (version > newest)
            throw new LedgerRefusedException($"it was written by a newer gateway (its version is {version}, this one knows up to {newest}); run that one, or set another file");
        return (int)version;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static T Ask<T>(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }
}

/// <summary>The file must not be used; the message says why and what to do, and follows "the ledger cannot be opened: ".</summary>
internal sealed class LedgerRefusedException(string message) : Exception(message);
