using Akool.Ledger.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Ledger.Tests;

/// <summary>A folder of its own for one test, with a ledger file in it.</summary>
internal sealed class TestFolder : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-ledger-");

    public TestFolder() => Directory.CreateDirectory(At("data"));

    public string File => At("data/ledger.db");

    public string Wal => File + "-wal";

    public FakeTimeProvider Time { get; } = new(Now);

    public EventLog Log { get; } = new();

    public string At(string name) => Path.Combine(_folder.FullName, name);

    public SqliteFile NewFile() => new($"Data Source={File}");

    public SqliteLedger NewLedger(SqliteFile? file = null, int queueCapacity = SqliteLedger.QueueCapacity) =>
        new(file ?? NewFile(), Time, new LedgerTelemetry(meters: null), Log, queueCapacity);

    /// <summary>Another process's view of the file.</summary>
    public SqliteConnection Connect(string? file = null)
    {
        var connection = new SqliteConnection($"Data Source={file ?? File};Pooling=False");
        connection.Open();
        return connection;
    }

    public T Ask<T>(string sql, int column = 0)
    {
        using var connection = Connect();
        return connection.Ask<T>(sql, column);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

internal static class Sql
{
    public static void Run(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static T Ask<T>(this SqliteConnection connection, string sql, int column = 0)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read(), "no row");
        return reader.GetFieldValue<T>(column);
    }
}

/// <summary>No await of a test is longer than this.</summary>
internal static class TestLimits
{
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);
}
