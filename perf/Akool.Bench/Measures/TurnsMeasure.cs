using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;
using HdrHistogram;

namespace Akool.Bench.Measures;

/// <summary>P1 to P4 and P8: what a round trip costs in CPU and bytes, and how long it takes when nothing else runs.</summary>
internal static class TurnsMeasure
{
    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(options, cancellation);
        var contenders = new List<Contender> { await fleet.GrpcEchoAsync(options.TurnSessions), await fleet.SocketEchoAsync(), await fleet.GatewayAsync(options.TurnSessions) };
        if (options.AgainstDll is { } against) contenders.Add(await fleet.GatewayAsync(options.TurnSessions, against: against));
        if (options is { Traced: true, GatewayDll: not null })
        {
            contenders.Add(await fleet.GatewayAsync(options.TurnSessions, Tracing.Sampled));
            contenders.Add(await fleet.GatewayAsync(options.TurnSessions, Tracing.Unsampled));
        }

        var lanes = new Dictionary<string, ILane[]>();
        foreach (var contender in contenders)
        {
            lanes[contender.Name] = await Lanes.OpenAsync(contender.Target, options.TurnSessions, cancellation);
            await WindowMeter.WarmUpAsync(contender, options.WarmUp, () => ClosedLoop.RunAsync(lanes[contender.Name], 20_000));
        }

        var canaries = new Dictionary<string, double>();
        var rounds = await Rounds.RunAsync(options.Repetitions, async () =>
        {
            var round = new Dictionary<string, Window>();
            foreach (var contender in contenders)
            {
                var count = options.WindowRoundTrips;
                var window = await Rounds.QuietestAsync(canaries, () =>
                    WindowMeter.MeasureAsync(contender, count, () => ClosedLoop.RunAsync(lanes[contender.Name], count)));
                round[contender.Name] = window;
                log.Window(window);
            }

            return round;
        }, log.Notes);
        Report(rounds, contenders[2].Name, log);
        await UnloadedAsync(options, contenders, lanes, log);
        foreach (var opened in lanes.Values) await Lanes.CloseAsync(opened);
    }

    private static void Report(IReadOnlyList<IReadOnlyDictionary<string, Window>> rounds, string gateway, BenchLog log)
    {
        double Floor(IReadOnlyDictionary<string, Window> round) => round["b1"].CpuMicroseconds + round["b2"].CpuMicroseconds;
        foreach (var name in rounds[0].Keys)
        {
            log.Add(Figure.Of("cpu", $"{name}: CPU a round trip", "us", rounds.Select(r => r[name].CpuMicroseconds)));
            log.Add(Figure.Of("rate", $"{name}: closed-loop round trips", "/s", rounds.Select(r => r[name].PerSecond)));
        }

        log.Add(Figure.Of("P1", $"{gateway} CPU/rt over (B1 + B2)", "x", rounds.Select(r => r[gateway].CpuMicroseconds / Floor(r)), GateKind.Ratio, 1.35, 1.15));
        if (rounds[0].ContainsKey("against"))
            log.Add(Figure.Of("against", "gateway CPU/rt over the other build's", "x", rounds.Select(r => r[gateway].CpuMicroseconds / r["against"].CpuMicroseconds)));
        if (rounds[0].Keys.FirstOrDefault(k => k.EndsWith("Sampled", StringComparison.Ordinal)) is { } sampled)
        {
            var unsampled = rounds[0].Keys.First(k => k.EndsWith("Unsampled", StringComparison.Ordinal));
            log.Add(Figure.Of("P2", "all turns traced, over (B1 + B2)", "x", rounds.Select(r => r[sampled].CpuMicroseconds / Floor(r)), GateKind.Ratio, 1.45, 1.25));
            log.Add(Figure.Of("P3", "traced, parent unsampled, over P1", "x", rounds.Select(r => r[unsampled].CpuMicroseconds / r[gateway].CpuMicroseconds), GateKind.Ratio, 1.05, 1.01));
            Bytes(rounds, sampled, "traced", 2600, 1700, log);
        }

        Bytes(rounds, gateway, "tracing off", 2000, 1200, log);
        Bytes(rounds, "b1", "B1", null, null, log);
        Bytes(rounds, "b2", "B2", null, null, log);
    }

    private static void Bytes(IReadOnlyList<IReadOnlyDictionary<string, Window>> rounds, string name, string what, double? must, double? goal, BenchLog log) =>
        log.Add(Figure.Of("P4", $"bytes allocated a round trip, {what}", "B", rounds.Select(r => r[name].Bytes), must is null ? GateKind.None : GateKind.Bytes, must, goal));

    private static async Task UnloadedAsync(BenchOptions options, List<Contender> contenders, Dictionary<string, ILane[]> lanes, BenchLog log)
    {
        var (ratios, medians) = (new List<double>(), new Dictionary<string, List<double>>());
        for (var round = 0; round < options.Repetitions; round++)
        {
            foreach (var contender in contenders.Take(options.AgainstDll is null ? 3 : 4))
            {
                var latency = new LongHistogram(60_000_000_000, 3);
                await ClosedLoop.RunAsync([lanes[contender.Name][0]], Math.Max(200, options.WindowRoundTrips / 50), latency);
                if (!medians.TryGetValue(contender.Name, out var all)) medians[contender.Name] = all = [];
                all.Add(latency.GetValueAtPercentile(50) / 1000.0);
            }

            ratios.Add(medians[contenders[2].Name][^1] / (medians["b1"][^1] + medians["b2"][^1]));
        }

        if (medians.TryGetValue("against", out var other))
            log.Add(Figure.Of("against", "gateway p50 over the other build's", "x", medians[contenders[2].Name].Zip(other, (mine, theirs) => mine / theirs)));
        foreach (var (name, p50) in medians) log.Add(Figure.Of("p50", $"{name}: one session, unloaded", "us", p50));
        log.Add(Figure.Of("P8", "one session, unloaded: p50 over (B1 + B2) p50", "x", ratios, GateKind.None, 1.5, 1.2));
    }
}
