using Microsoft.Extensions.Time.Testing;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using NBomber.Engine;
using Check = NBomber.CSharp.Threshold;

namespace Akool.LoadTest.Tests;

public sealed class MeasuringTests
{
    private static readonly TimeSpan ServiceTime = TimeSpan.FromMilliseconds(20);
    private readonly FakeTimeProvider _time = new();
    private readonly ScenarioRecorder _recorder = new();

    [Fact]
    public async Task A_known_service_time_is_reported()
    {
        _recorder.Begin();
        var invoker = Invoker(async context =>
        {
            await Step.Run("call", context, () =>
            {
                _time.Advance(ServiceTime);
                return Task.FromResult(Response.Ok(sizeBytes: 100));
            });
            return Response.Ok();
        });

        for (var i = 0; i < 100; i++) await invoker.RunAsync(invoker.InfoOf(0), i, [], _time.GetTimestamp());

        var stats = Outcome();
        Assert.InRange(stats.StepStats.Get("call").Ok.Latency.Percent50, 19.9, 20.1);
        Assert.InRange(stats.StepStats.Get("call").Ok.Latency.StdDev, 0, 0.1);
        Assert.InRange(stats.Ok.Latency.Percent99, 19.9, 20.1);
        Assert.InRange(stats.Ok.Request.RPS, 49.9, 50.1);
        Assert.Equal(10_000, stats.StepStats.Get("call").Ok.DataTransfer.AllBytes);
    }

    [Fact]
    public async Task A_late_start_counts_from_the_time_it_was_planned_for()
    {
        _recorder.Begin();
        var invoker = Invoker(_ =>
        {
            _time.Advance(ServiceTime);
            return Task.FromResult<IResponse>(Response.Ok());
        });
        var planned = _time.GetTimestamp();

        _time.Advance(TimeSpan.FromMilliseconds(480));
        await invoker.RunAsync(invoker.InfoOf(0), 1, [], planned);

        Assert.InRange(Outcome().Ok.Latency.Percent50, 499, 501);
    }

    [Fact]
    public async Task A_step_of_an_invocation_that_begins_late_fails_a_limit_that_its_service_time_is_in()
    {
        _recorder.Begin();
        var invoker = Invoker(async context =>
        {
            for (var i = 0; i < 2; i++)
            {
                await Step.Run($"call {i}", context, () =>
                {
                    _time.Advance(ServiceTime);
                    return Task.FromResult(Response.Ok());
                });
            }

            return Response.Ok();
        });
        var planned = _time.GetTimestamp();

        _time.Advance(TimeSpan.FromMilliseconds(500));
        await invoker.RunAsync(invoker.InfoOf(0), 1, [], planned);

        Assert.False(Check.Create("call 0", step => step.Ok.Latency.Percent99 <= 100).Holds(Outcome()));
        Assert.InRange(Outcome().StepStats.Get("call 1").Ok.Latency.Percent99, 19.9, 20.1);
    }

    [Fact]
    public void Percentiles_are_those_of_what_was_recorded()
    {
        _recorder.Begin();
        for (var ms = 1; ms <= 1000; ms++) _recorder.RecordScenario(TimeSpan.FromMilliseconds(ms), Response.Ok());

        var latency = Outcome().Ok.Latency;
        Assert.InRange(latency.Percent50, 499, 501);
        Assert.InRange(latency.Percent75, 749, 751);
        Assert.InRange(latency.Percent95, 949, 951);
        Assert.InRange(latency.Percent99, 989, 991);
        Assert.InRange(latency.MaxMs, 999, 1001);
        Assert.InRange(latency.MeanMs, 499, 502);
        Assert.Equal(new LatencyCount(800, 200, 0), latency.LatencyCount);
    }

    [Fact]
    public void Warm_up_leaves_no_trace()
    {
        _recorder.RecordScenario(ServiceTime, Response.Ok());
        _recorder.RecordStep("call", ServiceTime, Response.Ok());
        _recorder.Begin();
        _recorder.RecordScenario(ServiceTime, Response.Fail(statusCode: "14"));

        var stats = Outcome();
        Assert.Equal((0, 1), (stats.AllOkCount, stats.AllFailCount));
        Assert.Empty(stats.StepStats);
        Assert.Equal(100, stats.Fail.StatusCodes.Get("14").Percent);
    }

    [Fact]
    public async Task A_scenario_that_throws_has_failed()
    {
        _recorder.Begin();
        var invoker = Invoker(_ => throw new InvalidOperationException("it broke"));

        await invoker.RunAsync(invoker.InfoOf(0), 1, [], _time.GetTimestamp());

        Assert.Equal("it broke", Outcome().Fail.StatusCodes.Get("-101").Message);
    }

    private Invoker Invoker(Func<IScenarioContext, Task<IResponse>> run) => new(Scenario.Create("s", run), _recorder, _time, TimeSpan.FromSeconds(2),
        ScenarioOperation.Bombing, _ => { }, CancellationToken.None);

    private ScenarioStats Outcome() => _recorder.Outcome("s", TimeSpan.FromSeconds(2), 0).Stats;
}
