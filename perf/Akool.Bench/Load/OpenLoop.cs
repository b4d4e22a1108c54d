using HdrHistogram;

namespace Akool.Bench.Load;

/// <summary>What an open-loop window measured; milliseconds.</summary>
internal sealed record OpenLoopResult(double P50, double P99, double P999, double Max, double DriftP50, double DriftP99, long Answered, long Unanswered);

/// <summary>
/// Turns at planned times, spread evenly over the lanes; latency from the planned time, whether or not the lane could send then.
/// </summary>
internal static class OpenLoop
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    public static async Task<OpenLoopResult> RunAsync(IReadOnlyList<ILane> lanes, double perSecond, TimeSpan warmUp, TimeSpan window)
    {
        var time = TimeProvider.System;
        var latency = new LongConcurrentHistogram(1, 60_000_000, 3);
        var drift = new LongConcurrentHistogram(1, 60_000_000, 3);
        var period = lanes.Count / perSecond;
        var turns = (int)((warmUp + window).TotalSeconds / period);
        var begin = time.GetTimestamp() + (long)(0.2 * time.TimestampFrequency);
        var measureFrom = begin + (long)(warmUp.TotalSeconds * time.TimestampFrequency);
        long answered = 0, unanswered = 0;
        await Task.WhenAll(lanes.Select((lane, i) => LaneAsync(lane, i)));
        double Ms(LongConcurrentHistogram of, double percentile) => of.TotalCount == 0 ? 0 : of.GetValueAtPercentile(percentile) / 1000.0;
        return new(Ms(latency, 50), Ms(latency, 99), Ms(latency, 99.9), Ms(latency, 100), Ms(drift, 50), Ms(drift, 99), answered, unanswered);

        async Task LaneAsync(ILane lane, int index)
        {
            var reads = ReadAsync(lane);
            for (var turn = 0; turn < turns; turn++)
            {
                var planned = begin + (long)((turn + (double)index / lanes.Count) * period * time.TimestampFrequency);
                if (time.GetElapsedTime(time.GetTimestamp(), planned) is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, time);
                if (planned >= measureFrom) drift.RecordValue(Microseconds(time.GetElapsedTime(planned)));
                await lane.SendAsync(planned, ClosedLoop.Text);
            }

            await reads;
        }

        async Task ReadAsync(ILane lane)
        {
            for (var turn = 0; turn < turns; turn++)
            {
                long planned;
                try
                {
                    planned = await lane.ReadAsync().AsTask().WaitAsync(AnswerLimit + (turn == 0 ? warmUp + window : TimeSpan.Zero));
                }
                catch (TimeoutException)
                {
                    Interlocked.Add(ref unanswered, turns - turn);
                    return;
                }

                if (planned < measureFrom) continue;
                latency.RecordValue(Microseconds(time.GetElapsedTime(planned)));
                Interlocked.Increment(ref answered);
            }
        }
    }

    private static long Microseconds(TimeSpan time) => Math.Clamp((long)time.TotalMicroseconds, 1, 60_000_000);
}
