namespace Akool.LoadTest.Target;

/// <summary>After the load: no session may be open at AKOOL that nobody owns.</summary>
internal static class LeakAudit
{
    /// <summary>Waits until all are closed or the limit is over; gives how many are left.</summary>
    public static async Task<(int Left, int All)> RunAsync(EmulatorControl emulator, TimeSpan limit)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (open, all) = await emulator.LedgerAsync();
            if (open == 0 || TimeProvider.System.GetElapsedTime(begin) > limit) return (open, all);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }
    }

    /// <summary>None is left, and the ledger that says so knows every session that the load created: another emulator's, or an empty one, says nothing.</summary>
    public static bool Passed(int left, int all, int created) => left == 0 && created > 0 && all >= created;
}
