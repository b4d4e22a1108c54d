using NBomber.CSharp;
using NBomber.Engine;

namespace Akool.LoadTest.Tests;

public sealed class ScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_constant_rate_has_as_many_starts_in_every_second()
    {
        var starts = Schedule.Of(Simulation.Inject(rate: 50, interval: Second, during: TimeSpan.FromSeconds(4)), 0, new Random(1)).ToArray();

        Assert.Equal(200, starts.Length);
        Assert.All(Enumerable.Range(0, 4), second => Assert.Equal(50, starts.Count(at => (int)at.TotalSeconds == second)));
    }

    [Fact]
    public void A_ramp_has_the_starts_under_its_line()
    {
        var starts = Schedule.Of(Simulation.RampingInject(rate: 100, interval: Second, during: TimeSpan.FromSeconds(10)), 0, new Random(1)).ToArray();

        Assert.Equal(500, starts.Length);
        Assert.Equal(125, starts.Count(at => at < TimeSpan.FromSeconds(5)));
        Assert.Equal(starts.Order(), starts);
    }

    [Fact]
    public void A_ramp_goes_down_from_the_rate_before()
    {
        var starts = Schedule.Of(Simulation.RampingInject(rate: 0, interval: Second, during: TimeSpan.FromSeconds(10)), 100, new Random(1)).ToArray();

        Assert.Equal(500, starts.Length);
        Assert.Equal(375, starts.Count(at => at < TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_random_rate_stays_between_its_limits_in_every_interval()
    {
        var starts = Schedule.Of(Simulation.InjectRandom(minRate: 5, maxRate: 9, interval: Second, during: TimeSpan.FromSeconds(20)), 0, new Random(7)).ToArray();

        var counts = Enumerable.Range(0, 20).Select(second => starts.Count(at => (int)at.TotalSeconds == second)).ToArray();
        Assert.All(counts, count => Assert.InRange(count, 5, 9));
        Assert.True(counts.Distinct().Count() > 1);
    }

    [Fact]
    public void Copies_ramp_from_those_before_to_the_target()
    {
        var ramp = Simulation.RampingConstant(copies: 30, during: TimeSpan.FromSeconds(10));

        Assert.Equal(10, Schedule.CopiesAt(ramp, 10, TimeSpan.Zero));
        Assert.Equal(20, Schedule.CopiesAt(ramp, 10, TimeSpan.FromSeconds(5)));
        Assert.Equal(30, Schedule.CopiesAt(ramp, 10, TimeSpan.FromSeconds(10)));
    }
}
