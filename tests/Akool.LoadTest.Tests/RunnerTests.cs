using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using Check = NBomber.CSharp.Threshold;

namespace Akool.LoadTest.Tests;

public sealed class RunnerTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("akool-runner-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_stall_of_500_ms_shows_in_the_open_loops_p99()
    {
        // The server serves nothing from the tenth call until 500 ms later. However slow this machine is, those that were planned then waited for it.
        var stall = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        var scenario = Scenario.Create("stalled", async _ =>
            {
                var call = Interlocked.Increment(ref calls);
                if (call == 10)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
                    stall.SetResult();
                }

                if (call > 10) await stall.Task;
                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: 100, interval: Second, during: Second));

        var stats = NBomberRunner.RegisterScenarios(scenario).WithoutReports().Run().ScenarioStats.Get("stalled");

        Assert.Equal(100, stats.AllOkCount);
        Assert.True(stats.Ok.Latency.Percent99 > 400, $"p99 {stats.Ok.Latency.Percent99} ms");
    }

    [Fact]
    public void A_threshold_that_does_not_hold_is_told()
    {
        var scenario = Scenario.Create("failing", context => AsResponse(Step.Run("call", context, () => Task.FromResult(Response.Fail(statusCode: "14")))))
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: 20, interval: Second, during: TimeSpan.FromMilliseconds(200)))
            .WithThresholds(
                Check.Create(stats => stats.AllFailCount == 0),
                Check.Create("call", step => step.Fail.StatusCodes.Exists("14")),
                Check.Create("never ran", step => step.Ok.Request.Count >= 0));

        var thresholds = NBomberRunner.RegisterScenarios(scenario).WithoutReports().Run().Thresholds;

        Assert.Equal([true, false, true], thresholds.Select(t => t.IsFailed));
        Assert.Equal("stats => stats.AllFailCount == 0", thresholds[0].CheckExpression);
    }

    [Fact]
    public void A_closed_loop_never_has_more_copies_than_it_was_told()
    {
        var (now, most) = (0, 0);
        var scenario = Scenario.Create("closed", async _ =>
            {
                var mine = Interlocked.Increment(ref now);
                InterlockedMax(ref most, mine);
                await Task.Yield();
                Interlocked.Decrement(ref now);
                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.RampingConstant(copies: 5, during: TimeSpan.FromMilliseconds(100)), Simulation.KeepConstant(copies: 5, during: TimeSpan.FromMilliseconds(200)));

        var stats = NBomberRunner.RegisterScenarios(scenario).WithoutReports().Run().ScenarioStats[0];

        Assert.InRange(most, 1, 5);
        Assert.True(stats.AllOkCount > 5);
        Assert.Equal(0, now);
    }

    [Fact]
    public void Init_and_clean_are_called_around_the_load()
    {
        var order = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var scenario = Scenario.Create("s", _ =>
            {
                order.Enqueue("run");
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithInit(_ => Note(order, "init"))
            .WithClean(_ => Note(order, "clean"))
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: 1, interval: TimeSpan.FromMilliseconds(10), during: TimeSpan.FromMilliseconds(10)));

        NBomberRunner.RegisterScenarios(scenario).WithoutReports().Run();

        Assert.Equal(["init", "run", "clean"], order);
    }

    [Fact]
    public void Reports_are_written_and_the_page_stands_alone()
    {
        var scenario = Scenario.Create("<b>scenario</b>", _ => Task.FromResult<IResponse>(Response.Ok()))
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: 20, interval: Second, during: TimeSpan.FromMilliseconds(100)));

        var files = NBomberRunner.RegisterScenarios(scenario).WithReportFolder(_folder).WithReportFileName("r")
            .WithReportFormats(ReportFormat.Html, ReportFormat.Md, ReportFormat.Csv, ReportFormat.Txt).Run().ReportFiles;

        Assert.Equal(["r.csv", "r.html", "r.md", "r.txt"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        var page = files.Single(file => file.ReportFormat == ReportFormat.Html).ReportContent;
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;scenario", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=", page, StringComparison.OrdinalIgnoreCase);
    }

    private static Task Note(System.Collections.Concurrent.ConcurrentQueue<string> order, string what)
    {
        order.Enqueue(what);
        return Task.CompletedTask;
    }

    private static async Task<IResponse> AsResponse(Task<Response<object>> step) => await step;

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
    }
}
