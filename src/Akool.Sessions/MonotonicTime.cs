namespace Akool.Sessions;

/// <summary>Arithmetic on <see cref="TimeProvider.GetTimestamp"/>: deadlines that a step of the wall clock does not move.</summary>
internal static class MonotonicTime
{
    /// <summary>A timestamp that never comes.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The timestamp <paramref name="span"/> after <paramref name="timestamp"/>.</summary>
    public static long After(this TimeProvider time, long timestamp, TimeSpan span) =>
        timestamp + (long)(span.Ticks * ((double)time.TimestampFrequency / TimeSpan.TicksPerSecond));
}
