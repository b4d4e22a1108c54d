using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;

namespace Akool.Bench.Measures;

/// <summary>P10: one client asks for far more than fits anywhere and never reads; what the others notice, and what it makes the gateway hold.</summary>
internal static class SlowReaderMeasure
{
    private const string Flood = "answers=50000"; // of 150 characters each: over every window and queue on the way
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(options, cancellation);
        var gateway = await fleet.GatewayAsync(streamsPerConnection: 100);
        var lanes = await Lanes.OpenAsync(gateway.Target, options.LatencySessions - 1, cancellation);
        await WindowMeter.WarmUpAsync(gateway, options.WarmUp, () => ClosedLoop.RunAsync(lanes, 20_000));
        var rate = 0.3 * await LatencyMeasure.SaturationAsync(lanes, options);
        var (ratios, held) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Repetitions; round++)
        {
            var without = await OpenLoop.RunAsync(lanes, rate, WarmUp, options.Window);
            await gateway.Process.RuntimeAsync(collect: true);
            var before = gateway.Process.RssBytes;
            var deaf = await gateway.Target.OpenAsync(cancellation);
            await deaf.SendAsync(1, Flood);
            var with = await OpenLoop.RunAsync(lanes, rate, WarmUp, options.Window);
            await gateway.Process.RuntimeAsync(collect: true);
            held.Add((gateway.Process.RssBytes - before) / 1024.0);
            ratios.Add(with.P99 / without.P99);
            log.Say($"others' p99 {without.P99:0.00} -> {with.P99:0.00} ms, held {held[^1]:0} KB");
            await deaf.DisposeAsync();
        }

        log.Add(Figure.Of("P10", $"one client stops reading, {lanes.Length} chat: others' p99 over without it", "x", ratios, GateKind.None, 1.5, 1.1));
        log.Add(Figure.Of("P10", "one client stops reading: bytes held", "KB", held));
        await Lanes.CloseAsync(lanes);
    }
}
