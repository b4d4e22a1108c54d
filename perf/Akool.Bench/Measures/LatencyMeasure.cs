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
            var latency = new Dictionary<Window, OpenLoopResult>(ReferenceEqualityComparer.Instance);
            var rounds = await Rounds.RunAsync(options.Repetitions, async () => new Dictionary<string, Window>
            {
                [direct.Name] = await MeasureAsync(direct, directLanes, saturation * share),
                [gateway.Name] = await MeasureAsync(gateway, gatewayLanes, saturation * share),
            }, log.Notes);

            async Task<Window> MeasureAsync(Contender contender, ILane[] lanes, double perSecond)
            {
                OpenLoopResult? result = null;
                var window = await WindowMeter.MeasureAsync(contender, (int)(perSecond * (WarmUp + options.Window).TotalSeconds), async () =>
                {
                    result = await OpenLoop.RunAsync(lanes, perSecond, WarmUp, options.Window);
                    return options.Window;
                });
                Say(log, contender.Name, share, result!, window.Canary);
                if (result!.Unanswered > 0) log.Notes.Add($"P9 at {share:P0}: {result.Unanswered} turns unanswered");
                latency[window] = result;
                return window;
            }

            OpenLoopResult Of(IReadOnlyDictionary<string, Window> round, Contender contender) => latency[round[contender.Name]];
            var at = string.Create(CultureInfo.InvariantCulture, $"open loop, {options.LatencySessions} sessions at {share * 100:0} % of saturation");
            log.Add(Figure.Of("P9", $"{at}: p99 added to the direct websocket", "ms", rounds.Select(round => Of(round, gateway).P99 - Of(round, direct).P99), GateKind.None, must, goal));
            log.Add(Figure.Of("p99", $"{at}: p99", "ms", rounds.Select(round => Of(round, gateway).P99)));
            log.Add(Figure.Of("drift", $"{at}: the generator's own, p99", "ms", rounds.Select(round => Of(round, gateway).DriftP99)));
        }

        await Lanes.CloseAsync(directLanes);
        await Lanes.CloseAsync(gatewayLanes);
    }

    public static async Task<double> SaturationAsync(ILane[] lanes, BenchOptions options) =>
        options.WindowRoundTrips / (await ClosedLoop.RunAsync(lanes, options.WindowRoundTrips)).TotalSeconds;

    private static void Say(BenchLog log, string name, double share, OpenLoopResult r, string canary) => log.Say(string.Create(CultureInfo.InvariantCulture,
        $"{name,-10} at {share:P0}: p50 {r.P50:0.00} p99 {r.P99:0.00} p99.9 {r.P999:0.00} max {r.Max:0.0} ms, drift p50 {r.DriftP50:0.00} p99 {r.DriftP99:0.00} ms, {r.Answered} answered{canary}"));
}
