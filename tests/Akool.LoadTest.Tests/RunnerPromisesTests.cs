using System.Collections.Concurrent;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace Akool.LoadTest.Tests;

/// <summary>What the scenarios rely on and NBomber does: written so that the same scenarios behave alike under either.</summary>
public sealed class RunnerPromisesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentQueue<string> _order = [];

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 10)]
    public void A_failed_step_ends_its_iteration_unless_that_is_switched_off(bool restarts, int reached)
    {
        var scenario = Once("failing", async context =>
        {
            await Step.Run("call", context, () => Task.FromResult(Response.Fail(statusCode: "14")));
            return await Step.Run("after", context, () => Task.FromResult(Response.Fail()));
        });

        var stats = Run(restarts ? scenario : scenario.WithRestartIterationOnFail(false));

        Assert.Equal((10, 10, reached), (stats.AllFailCount, stats.StepStats.Get("call").Fail.Request.Count, stats.StepStats.Find("after")?.Fail.Request.Count ?? 0));
    }

    [Fact]
    public void Too_many_failures_stop_the_run()
    {
        var stats = Run(Scenario.Create("failing", _ => Task.FromResult<IResponse>(Response.Fail()))
            .WithoutWarmUp()
            .WithMaxFailCount(5)
            .WithLoadSimulations(Simulation.Inject(rate: 100, interval: Second, during: TimeSpan.FromSeconds(20))));

        Assert.InRange(stats.AllFailCount, 5, 500);
        Assert.True(stats.Duration < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Data_is_empty_in_every_iteration_and_a_copys_own_data_stays()
    {
        var (data, own) = (new ConcurrentQueue<int>(), new ConcurrentQueue<int>());
        Run(Scenario.Create("copy", async context =>
            {
                data.Enqueue(context.Data.Count);
                own.Enqueue(context.ScenarioInstanceData.Count);
                context.Data["a"] = context.ScenarioInstanceData["b"] = "";
                await Task.Yield();
                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.KeepConstant(copies: 1, during: 5 * Moment)));

        Assert.True(data.Count > 1);
        Assert.All(data, count => Assert.Equal(0, count));
        Assert.Equal([0, 1], own.Take(2));
    }

    [Fact]
    public void What_clean_throws_does_not_end_the_run() =>
        Assert.Equal(10, Run(Once("s", _ => Task.FromResult<IResponse>(Response.Ok())).WithClean(_ => throw new InvalidOperationException("clean"))).AllOkCount);

    [Fact]
    public void Scenarios_begin_each_part_together()
    {
        ScenarioProps Noting(string name, TimeSpan init) => Once(name, _ => NoteAsync($"{name} runs"))
            .WithWarmUpDuration(Moment)
            .WithInit(async _ =>
            {
                await Task.Delay(init, TimeProvider.System);
                _order.Enqueue("init");
            })
            .WithClean(_ => NoteAsync("clean"));

        NBomberRunner.RegisterScenarios(Noting("quick", TimeSpan.Zero), Noting("slow", 3 * Moment)).WithoutReports().Run();

        Assert.Equal(["init", "init"], _order.Take(2));
        Assert.Equal(["clean", "clean"], _order.TakeLast(2));
    }

    [Fact]
    public void One_long_call_at_the_end_does_not_lower_the_rate()
    {
        var calls = 0;
        var stats = Run(Scenario.Create("slow at last", async _ =>
            {
                if (Interlocked.Increment(ref calls) == 50) await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: 100, interval: Second, during: Second)));

        Assert.Equal(100, stats.AllOkCount);
        Assert.InRange(stats.Ok.Request.RPS, 50, 105); // 28 with the wait for it
    }

    [Fact]
    public void A_call_that_heeds_no_cancellation_is_given_up_and_has_failed()
    {
        using var cancelled = new SemaphoreSlim(0);
        var scenario = Scenario.Create("deaf", async context =>
            {
                await using var registered = context.ScenarioCancellationToken.Register(() => cancelled.Release());
                await new TaskCompletionSource().Task;
                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: 1, interval: Moment, during: Moment));

        var stats = NBomberRunner.RegisterScenarios(scenario).WithScenarioCompletionTimeout(5 * Moment).WithoutReports().Run().ScenarioStats[0];

        Assert.Equal((0, 1), (stats.AllOkCount, stats.AllFailCount));
        Assert.Equal(1, stats.Fail.StatusCodes.Get("-100").Count);
        Assert.Equal(1, cancelled.CurrentCount);
    }

    [Fact]
    public void A_call_that_is_cancelled_at_the_end_has_failed()
    {
        var scenario = Scenario.Create("slow", async context =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.ScenarioCancellationToken);
                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.KeepConstant(copies: 2, during: Moment));

        var stats = NBomberRunner.RegisterScenarios(scenario).WithScenarioCompletionTimeout(5 * Moment).WithoutReports().Run().ScenarioStats[0];

        Assert.Equal((0, 2), (stats.AllOkCount, stats.Fail.StatusCodes.Get("-100").Count));
    }

    private static ScenarioProps Once(string name, Func<IScenarioContext, Task<IResponse>> run) => Scenario.Create(name, run)
        .WithoutWarmUp()
        .WithLoadSimulations(Simulation.Inject(rate: 10, interval: Moment, during: Moment));

    private static ScenarioStats Run(ScenarioProps scenario) => NBomberRunner.RegisterScenarios(scenario).WithoutReports().Run().ScenarioStats[0];

    private Task<IResponse> NoteAsync(string what)
    {
        _order.Enqueue(what);
        return Task.FromResult<IResponse>(Response.Ok());
    }
}
