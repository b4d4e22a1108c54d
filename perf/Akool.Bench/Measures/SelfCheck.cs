using System.Globalization;
using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;
using HdrHistogram;

namespace Akool.Bench.Measures;

/// <summary>Holds the bench against servers whose behaviour is known. Real processes and real time; a minute.</summary>
internal static class SelfCheck
{
    private const int ServiceMicroseconds = 20_000, StallMilliseconds = 500, SlowerMicroseconds = 15;
    private static readonly BenchOptions Quick = new() { Repetitions = 3, WindowRoundTrips = 30_000, WarmUp = TimeSpan.FromSeconds(2), TurnSessions = 16 };

    /// <summary>0: all held.</summary>
    public static async Task<int> RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var held = await ServiceTimeAsync(output, cancellation);
        held &= await StallAsync(output, cancellation);
        held &= await GateAsync(output, cancellation);
        return held ? 0 : 1;
    }

    private static async Task<bool> ServiceTimeAsync(TextWriter output, CancellationToken cancellation)
    {
        var without = await LeastDisturbedAsync(Quick, cancellation);
        var with = await LeastDisturbedAsync(Quick with { BurnMicroseconds = ServiceMicroseconds }, cancellation);
        var error = Math.Abs(with - without - ServiceMicroseconds) / ServiceMicroseconds;
        return Say(output, error < 0.05, $"a service time of {ServiceMicroseconds} us was measured as {with - without:0} us, {error:P1} off");
    }

    private static async Task<double> LeastDisturbedAsync(BenchOptions options, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(options, cancellation);
        var bridge = await fleet.GatewayAsync(streamsPerConnection: 1);
        await using var lane = await bridge.Target.OpenAsync(cancellation);
        await ClosedLoop.RunAsync([lane], 100);
        var latency = new LongHistogram(60_000_000_000, 3);
        await ClosedLoop.RunAsync([lane], 200, latency);
        return latency.GetValueAtPercentile(10) / 1000.0; // what else runs here only ever adds
    }

    private static async Task<bool> StallAsync(TextWriter output, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(Quick with { StallMilliseconds = StallMilliseconds }, cancellation);
        var bridge = await fleet.GatewayAsync(streamsPerConnection: 100);
        var lanes = await Lanes.OpenAsync(bridge.Target, 20, cancellation);
        var result = await OpenLoop.RunAsync(lanes, perSecond: 400, warmUp: TimeSpan.Zero, window: TimeSpan.FromSeconds(4));
        await Lanes.CloseAsync(lanes);
        return Say(output, result is { P99: > 400, Unanswered: 0 }, $"a stall of {StallMilliseconds} ms shows as p99 {result.P99:0} ms in the open loop");
    }

    private static async Task<bool> GateAsync(TextWriter output, CancellationToken cancellation)
    {
        var (before, slower) = (new BenchLog(TextWriter.Null), new BenchLog(TextWriter.Null));
        await TurnsMeasure.RunAsync(Quick, before, cancellation);
        await TurnsMeasure.RunAsync(Quick with { BurnMicroseconds = SlowerMicroseconds }, slower, cancellation);
        var failures = Gate.Failures([.. before.Figures.Where(f => f.Id == "P1")], [.. slower.Figures.Where(f => f.Id == "P1").Select(f => f with { Must = null })]);
        return Say(output, failures.Count > 0, $"{SlowerMicroseconds} us more a turn: {(failures.Count > 0 ? failures[0] : "the gate saw nothing")}");
    }

    private static bool Say(TextWriter output, bool held, FormattableString what)
    {
        output.WriteLine($"{(held ? "held  " : "FAILED")} {what.ToString(CultureInfo.InvariantCulture)}");
        return held;
    }
}
