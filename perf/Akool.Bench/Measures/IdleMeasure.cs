using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;

namespace Akool.Bench.Measures;

/// <summary>P5 and P6: what a session costs that nobody talks in.</summary>
internal static class IdleMeasure
{
    private const int StreamsPerConnection = 100;

    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(options, cancellation);
        await OneAsync(await fleet.GrpcEchoAsync(StreamsPerConnection), null, null, options, log, cancellation);
        await OneAsync(await fleet.SocketEchoAsync(), null, null, options, log, cancellation);
        await OneAsync(await fleet.GatewayAsync(StreamsPerConnection), (45, 30), (3, 1), options, log, cancellation);
    }

    private static async Task OneAsync(Contender contender, (double Must, double Goal)? rss, (double Must, double Goal)? cpu, BenchOptions options,
        BenchLog log, CancellationToken cancellation)
    {
        var warm = await Lanes.OpenAsync(contender.Target, 200, cancellation);
        await ClosedLoop.RunAsync(warm, 20_000);
        await Lanes.CloseAsync(warm);
        var before = await SettledRssAsync(contender, cancellation);
        var lanes = await Lanes.OpenAsync(contender.Target, options.IdleSessions, cancellation);
        var after = await SettledRssAsync(contender, cancellation);
        var cpuBefore = contender.Process.Cpu;
        await Task.Delay(options.Rest, TimeProvider.System, cancellation);
        var atRest = (contender.Process.Cpu - cpuBefore) / options.Rest * 100;
        log.Say($"{contender.Name}: RSS {before / 1_000_000} MB -> {after / 1_000_000} MB with {options.IdleSessions}, at rest {atRest:0.00} %");
        log.Add(Figure.Of(rss is null ? "idle" : "P5", $"{contender.Name}: RSS an idle session", "KB", [(after - before) / 1024.0 / options.IdleSessions],
            rss is null ? GateKind.None : GateKind.Bytes, rss?.Must, rss?.Goal));
        log.Add(Figure.Of(cpu is null ? "idle" : "P6", $"{contender.Name}: CPU at rest", "% of a core", [atRest], GateKind.None, cpu?.Must, cpu?.Goal));
        await Lanes.CloseAsync(lanes);
    }

    private static async Task<long> SettledRssAsync(Contender contender, CancellationToken cancellation)
    {
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellation);
        await contender.Process.RuntimeAsync(collect: true);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
        return contender.Process.RssBytes;
    }
}
