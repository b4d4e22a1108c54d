using System.Globalization;
using Akool.Avatar.V1;
using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;

namespace Akool.Bench.Measures;

/// <summary>P10: one client is flooded for as long as the others are measured and never reads; what they notice, and what it makes the gateway hold.</summary>
internal static class SlowReaderMeasure
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(options, cancellation);
        var gateway = await fleet.GatewayAsync(streamsPerConnection: 100);
        var lanes = await Lanes.OpenAsync(gateway.Target, options.LatencySessions - 1, cancellation);
        await WindowMeter.WarmUpAsync(gateway, options.WarmUp, () => ClosedLoop.RunAsync(lanes, 20_000));
        var rate = 0.3 * await LatencyMeasure.SaturationAsync(lanes, options);
        var flood = string.Create(CultureInfo.InvariantCulture, $"flood={(WarmUp + options.Window).TotalSeconds + 10:0}");
        var (ratios, held) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Repetitions; round++)
        {
            var without = await OpenLoop.RunAsync(lanes, rate, WarmUp, options.Window);
            await gateway.Process.RuntimeAsync(collect: true);
            var before = gateway.Process.RssBytes;
            // The other policy ends its stream as soon as it is found out, and with it what is measured.
            var deaf = await ((GatewayTarget)gateway.Target).OpenAsync(new Attach { SlowConsumerPolicy = SlowConsumerPolicy.DropAnswers }, cancellation);
            await deaf.SendAsync(1, flood);
            var with = await OpenLoop.RunAsync(lanes, rate, WarmUp, options.Window);
            if (await gateway.Canary!.GetAsync("/bench/floods") == "0") throw new InvalidOperationException("the flood ended before the others were measured");
            await gateway.Process.RuntimeAsync(collect: true);
            held.Add((gateway.Process.RssBytes - before) / 1024.0);
            ratios.Add(with.P99 / without.P99);
            log.Say($"others' p99 {without.P99:0.00} -> {with.P99:0.00} ms, held {held[^1]:0} KB");
            await deaf.DisposeAsync();
        }

        log.Add(Figure.Of("P10", $"one client of a flood does not read, {lanes.Length} chat: others' p99 over without it", "x", ratios, GateKind.None, 1.5, 1.1));
        log.Add(Figure.Of("P10", "one client of a flood does not read: bytes held", "KB", held));
        await Lanes.CloseAsync(lanes);
    }
}
