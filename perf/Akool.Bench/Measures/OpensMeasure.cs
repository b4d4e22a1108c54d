using Akool.Bench.Load;
using Akool.Bench.Processes;
using Akool.Bench.Report;

namespace Akool.Bench.Measures;

/// <summary>P7: create and attach, as fast as 64 at once go.</summary>
internal static class OpensMeasure
{
    private const int StreamsPerConnection = 100;

    // In a storm alone, which lasts a second, a collection more or less would be what is measured.
    private const int StormsAWindow = 3;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);

    public static async Task RunAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        await using var fleet = new Fleet(options, cancellation);
        Contender[] contenders = [await fleet.GrpcEchoAsync(StreamsPerConnection), await fleet.SocketEchoAsync(), await fleet.GatewayAsync(StreamsPerConnection)];
        foreach (var contender in contenders)
            await WindowMeter.WarmUpAsync(contender, options.WarmUp, async () => await Lanes.CloseAsync(await Lanes.OpenAsync(contender.Target, 300, cancellation)));

        var canaries = new Dictionary<string, double>();
        var rounds = await Rounds.RunAsync(options.Repetitions, async () =>
        {
            var round = new Dictionary<string, Window>();
            foreach (var contender in contenders)
            {
                var window = await Rounds.QuietestAsync(canaries, () => StormsAsync(contender, options.Opens, cancellation));
                round[contender.Name] = window;
                log.Window(window);
            }

            return round;
        }, log.Notes);

        var gateway = contenders[2].Name;
        foreach (var name in rounds[0].Keys) log.Add(Figure.Of("open", $"{name}: CPU an open", "us", rounds.Select(r => r[name].CpuMicroseconds)));
        log.Add(Figure.Of("P7", "opening storm: create + attach", "/s", rounds.Select(r => r[gateway].PerSecond), GateKind.None, 1000, 2000, moreIsBetter: true));
        log.Add(Figure.Of("P7", "opening storm: CPU over (B1 open + B2 open)", "x",
            rounds.Select(r => r[gateway].CpuMicroseconds / (r["b1"].CpuMicroseconds + r["b2"].CpuMicroseconds)), GateKind.Ratio, 2.0, 1.4));
    }

    private static async Task<Window> StormsAsync(Contender contender, int opens, CancellationToken cancellation)
    {
        var storms = new List<Window>();
        for (var storm = 0; storm < StormsAWindow; storm++)
        {
            ILane[] opened = [];
            await Task.Delay(Settling, TimeProvider.System, cancellation);
            storms.Add(await WindowMeter.MeasureAsync(contender, opens, async () =>
            {
                var begin = TimeProvider.System.GetTimestamp();
                opened = await Lanes.OpenAsync(contender.Target, opens, cancellation);
                return TimeProvider.System.GetElapsedTime(begin);
            }));
            await Lanes.CloseAsync(opened);
        }
        return Window.Over(storms);
    }
}
