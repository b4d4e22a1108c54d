using System.Threading.Channels;
using HdrHistogram;

namespace Akool.Bench.Load;

/// <summary>What an open-loop window measured; milliseconds.</summary>
internal sealed record OpenLoopResult(double P50, double P99, double P999, double Max, double DriftP50, double DriftP99, long Answered, long Unanswered);

/// <summary>
/// Turns at planned times, spread evenly over the lanes; latency from the planned time, whether or not the lane could send then.
/// One for each window.
/// </summary>
internal sealed class OpenLoop(IReadOnlyList<ILane> lanes, double perSecond, TimeSpan warmUp, TimeSpan window)
{
    private const long Longest = 60_000_000; // us
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private readonly LongConcurrentHistogram _latency = new(1, Longest, 3), _drift = new(1, Longest, 3);
    private readonly int _turnsOfALane = (int)((warmUp + window).TotalSeconds * perSecond / lanes.Count);
    private readonly TimeProvider _time = TimeProvider.System;
    private long _measureFrom, _answered, _unanswered;

    public static Task<OpenLoopResult> RunAsync(IReadOnlyList<ILane> lanes, double perSecond, TimeSpan warmUp, TimeSpan window) =>
        new OpenLoop(lanes, perSecond, warmUp, window).RunAsync();

    private async Task<OpenLoopResult> RunAsync()
    {
        var begin = _time.GetTimestamp() + _time.TimestampFrequency / 10;
        _measureFrom = begin + (long)(warmUp.TotalSeconds * _time.TimestampFrequency);
        Channel<long>[] due = [.. lanes.Select(_ => Channel.CreateUnbounded<long>(new() { SingleReader = true, SingleWriter = true }))]; // at most the turns of a lane
        var sending = Task.WhenAll(lanes.Select((lane, i) => SendAsync(lane, due[i].Reader)));
        var reading = Task.WhenAll(lanes.Select(ReadAsync));
        var paced = new TaskCompletionSource();
        new Thread(() => Pace(begin, due, paced)) { IsBackground = true, Name = "pacer" }.Start();
        await paced.Task;
        await sending.WaitAsync(AnswerLimit + warmUp + window); // a lane that takes no more must not hold up the run
        await reading;
        double Ms(LongConcurrentHistogram of, double percentile) => of.TotalCount == 0 ? 0 : of.GetValueAtPercentile(percentile) / 1000.0;
        return new(Ms(_latency, 50), Ms(_latency, 99), Ms(_latency, 99.9), Ms(_latency, 100), Ms(_drift, 50), Ms(_drift, 99), _answered, _unanswered);
    }

    // A thread of its own that waits a millisecond at a time: .NET's timers follow a clock that on many kernels moves in steps of 4 ms.
    private void Pace(long begin, Channel<long>[] due, TaskCompletionSource paced)
    {
        using var never = new ManualResetEventSlim();
        var all = (long)_turnsOfALane * lanes.Count;
        for (var turn = 0L; turn < all; turn++)
        {
            var planned = begin + (long)(turn / perSecond * _time.TimestampFrequency);
            while (_time.GetTimestamp() < planned) never.WaitHandle.WaitOne(1);
            due[turn % lanes.Count].Writer.TryWrite(planned);
        }

        foreach (var lane in due) lane.Writer.Complete();
        paced.SetResult();
    }

    private async Task SendAsync(ILane lane, ChannelReader<long> due)
    {
        await foreach (var planned in due.ReadAllAsync())
        {
            if (planned >= _measureFrom) _drift.RecordValue(Microseconds(_time.GetElapsedTime(planned)));
            await lane.SendAsync(planned, ClosedLoop.Text);
        }
    }

    private async Task ReadAsync(ILane lane)
    {
        for (var turn = 0; turn < _turnsOfALane; turn++)
        {
            long planned;
            try
            {
                planned = await lane.ReadAsync().AsTask().WaitAsync(AnswerLimit + warmUp + window);
            }
            catch (TimeoutException)
            {
                // In the histogram too: without them the figures would be those of the lanes that went well.
                Interlocked.Add(ref _unanswered, _turnsOfALane - turn);
                _latency.RecordValueWithCount(Longest, _turnsOfALane - turn);
                return;
            }

            if (planned < _measureFrom) continue;
            _latency.RecordValue(Microseconds(_time.GetElapsedTime(planned)));
            Interlocked.Increment(ref _answered);
        }
    }

    private static long Microseconds(TimeSpan time) => Math.Clamp((long)time.TotalMicroseconds, 1, Longest);
}
