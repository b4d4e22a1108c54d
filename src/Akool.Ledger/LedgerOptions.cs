using Akool.Ledger.Sqlite;
using Microsoft.Extensions.Options;

namespace Akool.Ledger;

/// <summary>Where sessions are remembered; bound from the <c>Ledger</c> section.</summary>
public sealed record LedgerOptions
{
    /// <summary>The kind of store. Default, and the only one: <c>sqlite</c>.</summary>
    public string Store { get; init; } = "sqlite";

    /// <summary>
    /// The SQLite connection string; its <c>Data Source</c> is a file, made with mode 0600 where there is none, in a directory that exists.
    /// It holds secrets of live sessions. Default <c>Data Source=akool-ledger.db</c>.
    /// </summary>
    public string ConnectionString { get; init; } = "Data Source=akool-ledger.db";
}

internal sealed class LedgerOptionsValidator : IValidateOptions<LedgerOptions>
{
    public ValidateOptionsResult Validate(string? name, LedgerOptions options)
    {
        var faults = new List<string>();
        if (options.Store != "sqlite") faults.Add($"Ledger:Store is '{options.Store}'; the only store there is: sqlite.");
        if (SqliteFile.FaultOf(options.ConnectionString) is { } fault) faults.Add($"Ledger:ConnectionString {fault}");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
