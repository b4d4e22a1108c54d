using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Planned starts of the open-loop phases: pure, so that nothing that happens while running can move them.</summary>
internal static class Schedule
{
    /// <summary>Starts of one phase, from its beginning, ascending. <paramref name="rateBefore"/> is in starts a second.</summary>
    public static IEnumerable<TimeSpan> Of(LoadSimulation phase, double rateBefore, Random random) => phase switch
    {
        LoadSimulation.Inject p => Ramp(p.Rate / p.Interval.TotalSeconds, p.Rate / p.Interval.TotalSeconds, p.During),
        LoadSimulation.RampingInject p => Ramp(rateBefore, p.Rate / p.Interval.TotalSeconds, p.During),
        LoadSimulation.InjectRandom p => Drawn(p, random),
        _ => [],
    };

    /// <summary>The rate that a phase leaves behind, in starts a second.</summary>
    public static double RateAfter(LoadSimulation phase) => phase switch
    {
        LoadSimulation.Inject p => p.Rate / p.Interval.TotalSeconds,
        LoadSimulation.RampingInject p => p.Rate / p.Interval.TotalSeconds,
        LoadSimulation.InjectRandom p => (p.MinRate + p.MaxRate) / 2.0 / p.Interval.TotalSeconds,
        _ => 0,
    };

    /// <summary>Copies that a closed phase wants at a time from its beginning.</summary>
    public static int CopiesAt(LoadSimulation phase, int copiesBefore, TimeSpan at) => phase switch
    {
        LoadSimulation.KeepConstant p => p.Copies,
        LoadSimulation.RampingConstant p => copiesBefore + (int)Math.Round((p.Copies - copiesBefore) * Math.Min(1, at / p.During)),
        _ => 0,
    };

    // The k-th start is where the integral of the rate, from * t + (to - from) * t^2 / 2d, reaches k + 1/2: the half keeps a rate of n a second
    // at exactly n starts in each second, with none on the border of two phases.
    private static IEnumerable<TimeSpan> Ramp(double from, double to, TimeSpan during)
    {
        var d = during.TotalSeconds;
        var slope = (to - from) / d;
        var count = (int)Math.Round((from + to) / 2 * d);
        for (var k = 0; k < count; k++)
        {
            var want = k + 0.5;
            var at = Math.Abs(slope) < 1e-9 ? want / from : (Math.Sqrt(Math.Max(0, from * from + 2 * slope * want)) - from) / slope;
            yield return TimeSpan.FromSeconds(Math.Min(at, d));
        }
    }

    private static IEnumerable<TimeSpan> Drawn(LoadSimulation.InjectRandom phase, Random random)
    {
        for (var begin = TimeSpan.Zero; begin < phase.During; begin += phase.Interval)
        {
            var count = random.Next(phase.MinRate, phase.MaxRate + 1);
            for (var k = 0; k < count; k++) yield return begin + phase.Interval * ((k + 0.5) / count);
        }
    }
}
