using HdrHistogram;

namespace Akool.Bench.Load;

/// <summary>Every lane sends its next turn when the last is answered: for what a round trip costs, never for how long it takes under load.</summary>
internal static class ClosedLoop
{
    /// <summary>The load of every measure: 150 characters.</summary>
    public static readonly string Text = string.Create(150, 0, static (span, _) => span.Fill('q'));

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs that many round trips; gives how long it took.</summary>
    public static async Task<TimeSpan> RunAsync(IReadOnlyList<ILane> lanes, int roundTrips, LongHistogram? ofOneLane = null)
    {
        var left = roundTrips;
        var begin = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(lanes.Select(LaneAsync)).WaitAsync(Limit);
        return TimeProvider.System.GetElapsedTime(begin);

        async Task LaneAsync(ILane lane)
        {
            await Task.Yield();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var sent = TimeProvider.System.GetTimestamp();
                await lane.SendAsync(sent, Text);
                var answered = await lane.ReadAsync();
                if (answered != sent) throw new InvalidDataException("an answer to another turn");
                ofOneLane?.RecordValue(Nanoseconds(TimeProvider.System.GetElapsedTime(sent)));
            }
        }
    }

    private static long Nanoseconds(TimeSpan time) => (long)time.TotalNanoseconds;
}
