namespace Akool.Sessions;

/// <summary>Growing waits with full jitter: anything from nothing to the bound, so that what failed together does not come back together.</summary>
internal static class Backoff
{
    /// <summary>The wait before another try, where <paramref name="attempt"/> counts from 0 and <paramref name="jitter"/> is in [0, 1).</summary>
    public static TimeSpan For(int attempt, TimeSpan floor, TimeSpan cap, double jitter)
    {
        var bound = Math.Min(cap.TotalSeconds, floor.TotalSeconds * Math.Pow(2, Math.Min(attempt, 30)));
        return TimeSpan.FromSeconds(bound * jitter);
    }
}
