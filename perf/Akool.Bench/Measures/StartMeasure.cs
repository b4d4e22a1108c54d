using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;

namespace Akool.Bench.Measures;

/// <summary>P12: from the start of the process to its first answered turn.</summary>
internal static class StartMeasure
{
    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        var times = new List<double>();
        for (var round = 0; round < options.Repetitions; round++)
        {
            await using var fleet = new Fleet(options, cancellation);
            var gateway = await fleet.GatewayAsync(streamsPerConnection: 1);
            await using var lane = await gateway.Target.OpenAsync(cancellation);
            await ClosedLoop.RunAsync([lane], 1);
            times.Add(gateway.Process.Age.TotalMilliseconds);
            log.Say($"first answered turn after {times[^1]:0} ms");
        }

        log.Add(Figure.Of("P12", "start to first answered turn", "ms", times, GateKind.None, 2000, 800));
    }
}
