using Google.Protobuf.WellKnownTypes;

namespace Akool.Gateway.Mapping;

/// <summary>Times and durations to and from the protocol's, without the copies and throws of the library's own conversions.</summary>
internal static class ProtoTime
{
    // google/protobuf/duration.proto: about 10 000 years either way.
    private const long MaxDurationSeconds = 315_576_000_000;
    private const int NanosecondsPerTick = 100;
    private const int NanosecondsPerSecond = 1_000_000_000;

    public static Timestamp ToTimestamp(DateTimeOffset time)
    {
        var timestamp = new Timestamp();
        Set(timestamp, time);
        return timestamp;
    }

    public static void Set(Timestamp timestamp, DateTimeOffset time)
    {
        // Rounded down, so that times before 1970 have nanos that are not negative, as the format asks for.
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        (timestamp.Seconds, timestamp.Nanos) = (seconds, (int)rest * NanosecondsPerTick);
    }

    public static Timestamp? ToTimestamp(DateTimeOffset? time) => time is { } known ? ToTimestamp(known) : null;

    public static Duration ToDuration(TimeSpan span)
    {
        var duration = new Duration();
        Set(duration, span);
        return duration;
    }

    public static void Set(Duration duration, TimeSpan span)
    {
        var seconds = Math.DivRem(span.Ticks, TimeSpan.TicksPerSecond, out var rest);
        (duration.Seconds, duration.Nanos) = (seconds, (int)rest * NanosecondsPerTick);
    }

    public static Duration? ToDuration(TimeSpan? span) => span is { } known ? ToDuration(known) : null;

    /// <summary>A duration longer than zero; null where it is unset.</summary>
    public static TimeSpan? Positive(Duration? duration, string field, ref RequestFaults faults)
    {
        var span = NotNegative(duration, field, ref faults);
        if (span == TimeSpan.Zero) faults.Add(field, "must be longer than zero");
        return span;
    }

    /// <summary>A duration of zero or longer; null where it is unset.</summary>
    public static TimeSpan? NotNegative(Duration? duration, string field, ref RequestFaults faults)
    {
        if (duration is null) return null;
        if (IsNormal(duration) && duration is { Seconds: >= 0, Nanos: >= 0 })
            return new TimeSpan(duration.Seconds * TimeSpan.TicksPerSecond + duration.Nanos / NanosecondsPerTick);
        faults.Add(field, "is not a duration of zero or longer");
        return null;
    }

    private static bool IsNormal(Duration duration) =>
        duration.Seconds is >= -MaxDurationSeconds and <= MaxDurationSeconds
        && duration.Nanos is > -NanosecondsPerSecond and < NanosecondsPerSecond;
}
