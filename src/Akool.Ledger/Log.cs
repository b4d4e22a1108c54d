using Microsoft.Extensions.Logging;

namespace Akool.Ledger;

/// <summary>Events 4000-4999.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "Ledger opened with {Sessions} sessions that live or ended lately; {Migrated} schema steps were taken")]
    public static partial void LedgerOpened(ILogger logger, int sessions, int migrated);

    [LoggerMessage(4001, LogLevel.Error, "Ledger write failed, {Attempts} in a row: {Reason}. {Refused} writes were refused, {Kept} changes are kept; next try in {Delay}")]
    public static partial void LedgerWriteFailed(ILogger logger, int attempts, string reason, int refused, int kept, TimeSpan delay, Exception cause);

    [LoggerMessage(4002, LogLevel.Information, "Ledger recovered after {Attempts} failed writes")]
    public static partial void LedgerRecovered(ILogger logger, int attempts);

    [LoggerMessage(4003, LogLevel.Error, "Ledger closed with {Lost} changes that could not be written")]
    public static partial void LedgerClosedWithLoss(ILogger logger, int lost);

    [LoggerMessage(4004, LogLevel.Error, "Ledger did not close within {Limit}: the disk did not answer")]
    public static partial void LedgerCloseTimedOut(ILogger logger, TimeSpan limit);

    [LoggerMessage(4005, LogLevel.Warning, "Ledger read failed: {Reason}")]
    public static partial void LedgerReadFailed(ILogger logger, string reason, Exception cause);
}
