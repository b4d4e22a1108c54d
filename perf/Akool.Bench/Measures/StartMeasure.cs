using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;

namespace Akool.Bench.Measures;

/// <summary>P12: from the start of the process to its first answered turn.</summary>
internal static class StartMeasure
{
    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        await using var shared = new Fleet(options, cancellation);
        var upstream = await shared.UpstreamAsync();
        var times = new List<double>();
        // The first start warms the upstream and the generator, and is thrown away: AKOOL runs already when a gateway starts.
        for (var round = -1; round < options.Repetitions; round++)
        {
            await using var fleet = new Fleet(options, cancellation);
            var gateway = await fleet.GatewayAsync(streamsPerConnection: 1, upstream: upstream);
            await using var lane = await gateway.Target.OpenAsync(cancellation);
            await ClosedLoop.RunAsync([lane], 1);
            var age = gateway.Process.Age.TotalMilliseconds;
            if (round >= 0) times.Add(age);
            log.Say($"first answered turn after {age:0} ms{(round < 0 ? ", thrown away" : "")}");
        }

        log.Add(Figure.Of("P12", "start to first answered turn", "ms", times, GateKind.None, 2000, 800));
    }
}
