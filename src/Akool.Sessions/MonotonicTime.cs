namespace Akool.Sessions;

/// <summary>Arithmetic on <see cref="TimeProvider.GetTimestamp"/>: deadlines that a step of the wall clock does not move.</summary>
internal static class MonotonicTime
{
    /// <summary>A timestamp that never comes.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The timestamp <paramref name="span"/> after <paramref name="timestamp"/>; <see cref="Never"/> where that is too far away to be told.</summary>
    public static long After(this TimeProvider time, long timestamp, TimeSpan span)
    {
        var ticks = span.Ticks * ((double)time.TimestampFrequency / TimeSpan.TicksPerSecond);
        return ticks >= (double)Never - Math.Max(timestamp, 0) ? Never : timestamp + (long)ticks; // what began before the machine did is negative
    }
}
