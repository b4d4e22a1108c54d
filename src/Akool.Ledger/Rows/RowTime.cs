namespace Akool.Ledger.Rows;

/// <summary>Moments as 100 ns since the Unix epoch: <c>datetime(x / 10000000, 'unixepoch')</c> shows them in SQL.</summary>
internal static class RowTime
{
    public static long Of(DateTimeOffset moment) => moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;

    public static long? Of(DateTimeOffset? moment) => moment is { } known ? Of(known) : null;

    public static DateTimeOffset From(long stored) => new(stored + DateTimeOffset.UnixEpoch.UtcTicks, TimeSpan.Zero);

    public static DateTimeOffset? From(long? stored) => stored is { } known ? From(known) : null;
}
