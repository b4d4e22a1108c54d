using System.Globalization;
using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;

namespace Akool.Bench.Measures;

/// <summary>P9: what the gateway adds to the direct websocket, in an open loop at 30 % and 60 % of what it can carry.</summary>
internal static class LatencyMeasure
{
    private const int StreamsPerConnection = 100;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(options, cancellation);
        var direct = await fleet.SocketEchoAsync();
        var gateway = await fleet.GatewayAsync(StreamsPerConnection);
        var directLanes = await Lanes.OpenAsync(direct.Target, options.LatencySessions, cancellation);
        var gatewayLanes = await Lanes.OpenAsync(gateway.Target, options.LatencySessions, cancellation);
        await WindowMeter.WarmUpAsync(direct, options.WarmUp, () => ClosedLoop.RunAsync(directLanes, 20_000));
        await WindowMeter.WarmUpAsync(gateway, options.WarmUp, () => ClosedLoop.RunAsync(gatewayLanes, 20_000));
        var saturation = await SaturationAsync(gatewayLanes, options);
        log.Add(Figure.Of("sat", $"{gateway.Name}: saturation with {options.LatencySessions} sessions, generator and upstream on the same cores", "/s", [saturation]));
        foreach (var (share, must, goal) in new (double, double?, double?)[] { (0.3, 3, 1), (0.6, null, null) })
        {
            var (added, p99, drift) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < options.Repetitions; round++)
            {
                var without = await OpenLoop.RunAsync(directLanes, saturation * share, WarmUp, options.Window);
                var with = await OpenLoop.RunAsync(gatewayLanes, saturation * share, WarmUp, options.Window);
                Say(log, "direct", share, without);
                Say(log, gateway.Name, share, with);
                if (with.Unanswered > 0) log.Notes.Add($"P9 at {share:P0}: {with.Unanswered} turns unanswered");
                added.Add(with.P99 - without.P99);
                p99.Add(with.P99);
                drift.Add(with.DriftP99);
            }

            var at = string.Create(CultureInfo.InvariantCulture, $"open loop, {options.LatencySessions} sessions at {share * 100:0} % of saturation");
            log.Add(Figure.Of("P9", $"{at}: p99 added to the direct websocket", "ms", added, GateKind.None, must, goal));
            log.Add(Figure.Of("p99", $"{at}: p99", "ms", p99));
            log.Add(Figure.Of("drift", $"{at}: the generator's own, p99", "ms", drift));
        }

        await Lanes.CloseAsync(directLanes);
        await Lanes.CloseAsync(gatewayLanes);
    }

    public static async Task<double> SaturationAsync(ILane[] lanes, BenchOptions options) =>
        options.WindowRoundTrips / (await ClosedLoop.RunAsync(lanes, options.WindowRoundTrips)).TotalSeconds;

    private static void Say(BenchLog log, string name, double share, OpenLoopResult r) => log.Say(string.Create(CultureInfo.InvariantCulture,
        $"{name,-10} at {share:P0}: p50 {r.P50:0.00} p99 {r.P99:0.00} p99.9 {r.P999:0.00} max {r.Max:0.0} ms, drift p50 {r.DriftP50:0.00} p99 {r.DriftP99:0.00} ms, {r.Answered} answered"));
}
