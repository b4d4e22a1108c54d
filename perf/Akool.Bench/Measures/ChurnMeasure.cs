using System.Globalization;
using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;

namespace Akool.Bench.Measures;

/// <summary>P11: open, 20 turns, close, again and again; one in ten goes away in the middle. Nothing may be left over.</summary>
internal static class ChurnMeasure
{
    private static readonly TimeSpan PoolLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Stillness = TimeSpan.FromSeconds(70);
    private const int AtOnce = 32, Turns = 20, AbortOneIn = 10;

    // The gateway remembers the last 10 000 sessions that ended, to be read: what it holds stands still only once those are there.
    private const int Remembered = 10_500;

    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(options, cancellation);
        var gateway = await fleet.GatewayAsync(streamsPerConnection: 100);
        await WindowMeter.WarmUpAsync(gateway, options.WarmUp, () => ChurnAsync(gateway, TimeSpan.FromSeconds(5), cancellation));
        for (var opened = 0; opened < Remembered; opened += Remembered / 10) await Lanes.CloseAsync(await Lanes.OpenAsync(gateway.Target, Remembered / 10, cancellation));
        var before = await AtRestAsync(gateway, cancellation);
        var sessions = await ChurnAsync(gateway, options.Churn, cancellation);
        var after = await AtRestAsync(gateway, cancellation);
        var left = int.Parse(await gateway.Canary!.GetAsync("/bench/open"), CultureInfo.InvariantCulture);
        log.Say($"{sessions} sessions; heap {before.Heap / 1000} -> {after.Heap / 1000} KB, sockets {before.Sockets} -> {after.Sockets}, {left} upstream sessions left");
        log.Add(Figure.Of("P11", $"churn of {options.Churn.TotalMinutes:0.#} min, {sessions} sessions: heap after GC over start", "x", [after.Heap / (double)before.Heap], GateKind.Must, 1.05, 1.02));
        log.Add(Figure.Of("P11", "churn: sockets more than at the start", "", [after.Sockets - before.Sockets], GateKind.Must, 0, 0));
        log.Add(Figure.Of("P11", "churn: upstream sessions left", "", [left], GateKind.Must, 0, 0));
    }

    private static async Task<int> ChurnAsync(Contender gateway, TimeSpan length, CancellationToken cancellation)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var sessions = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => OneAfterTheOtherAsync()));
        return sessions;

        async Task OneAfterTheOtherAsync()
        {
            while (TimeProvider.System.GetElapsedTime(begin) < length)
            {
                var abort = Interlocked.Increment(ref sessions) % AbortOneIn == 0;
                await using var lane = await gateway.Target.OpenAsync(cancellation);
                await ClosedLoop.RunAsync([lane], abort ? Turns / 2 : Turns);
                if (!abort) continue;
                await lane.SendAsync(1, ClosedLoop.Text);
                lane.Abandon(); // with its turn running: its lease has to close what is left
            }
        }
    }

    private static async Task<(long Heap, int Sockets)> AtRestAsync(Contender gateway, CancellationToken cancellation)
    {
        // A pool of REST connections lets go of idle ones after a minute: at rest is what has stood still for longer.
        var begin = TimeProvider.System.GetTimestamp();
        var (sockets, since) = (ProcStat.SocketsOf(gateway.Process.Pid), begin);
        while (TimeProvider.System.GetElapsedTime(since) < Stillness && TimeProvider.System.GetElapsedTime(begin) < PoolLimit)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
            var now = ProcStat.SocketsOf(gateway.Process.Pid);
            if (now != sockets) (sockets, since) = (now, TimeProvider.System.GetTimestamp());
        }
        var runtime = await gateway.Process.RuntimeAsync(collect: true);
        return (runtime.HeapBytes, sockets);
    }
}
