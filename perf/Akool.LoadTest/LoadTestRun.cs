using Akool.LoadTest.Scenarios;
using Akool.LoadTest.Target;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace Akool.LoadTest;

/// <summary>Runs scenarios one after the other, audits what they were put on, and says whether all held.</summary>
internal static class LoadTestRun
{
    public static async Task<int> RunAsync(LoadTestPlan plan, IReadOnlyList<LoadScenario> scenarios, CancellationToken cancellation)
    {
        await Task.Yield(); // the command line answers SIGTERM only once this has returned to it, and NBomber's run blocks
        var held = true;
        foreach (var group in scenarios.GroupBy(scenario => plan.Gateway is null ? scenario.MaxLive(plan.Shape) : 0))
        {
            await using var target = await LoadTarget.StartAsync(plan, group.Key, cancellation);
            foreach (var scenario in group)
            {
                var load = target.Load(plan.Shape, cancellation);
                held &= scenario.Name == "session-throughput" ? Curve(plan, scenario, load) : Held(Run(plan, scenario.Name, scenario, load));
            }

            held &= await target.AuditAsync();
        }

        return held ? 0 : 1;
    }

    // The figure is a curve: the same scenario with an eighth, a quarter, a half and all of the sessions.
    private static bool Curve(LoadTestPlan plan, LoadScenario scenario, LoadContext load)
    {
        var points = new List<CurvePoint>();
        var held = true;
        foreach (var share in new[] { 8, 4, 2, 1 })
        {
            var sessions = Math.Max(1, plan.Shape.Sessions / share);
            var stats = Run(plan, $"{scenario.Name}-{sessions}", scenario, load with { Shape = load.Shape with { Sessions = sessions } });
            held &= Held(stats);
            points.Add(CurvePoint.Of(sessions, stats.ScenarioStats[0]));
        }

        var path = Path.Combine(plan.Results, $"{scenario.Name}.svg");
        File.WriteAllText(path, ThroughputCurve.Svg(points));
        File.WriteAllText(Path.ChangeExtension(path, "md"), ThroughputCurve.Markdown(points));
        Console.WriteLine(ThroughputCurve.Markdown(points));
        return held;
    }

    private static NodeStats Run(LoadTestPlan plan, string name, LoadScenario scenario, LoadContext load)
    {
        Console.WriteLine($"-- {name}");
        var stats = NBomberRunner.RegisterScenarios(scenario.Build(load))
            .WithTestSuite("Akool.Grpc")
            .WithTestName(name)
            .WithReportFolder(plan.Results)
            .WithReportFileName(name)
            .WithReportFormats(ReportFormat.Html, ReportFormat.Md, ReportFormat.Csv)
            .Run();
        foreach (var s in stats.ScenarioStats) Tell(s);
        load.Stopping.ThrowIfCancellationRequested();
        return stats;
    }

    private static void Tell(ScenarioStats stats)
    {
        foreach (var step in stats.StepStats)
        {
            var (ok, fail) = (step.Ok, step.Fail);
            Console.WriteLine(FormattableString.Invariant($"{stats.ScenarioName,-20} {step.StepName,-24} {ok.Request.Count,7} ok {fail.Request.Count,5} failed {ok.Request.RPS,8:0.0}/s  p50 {ok.Latency.Percent50:0.00} p99 {ok.Latency.Percent99:0.00} max {ok.Latency.MaxMs:0.0} ms"));
            foreach (var code in ok.StatusCodes) Console.WriteLine($"{"",20} {code.Count} x {code.StatusCode}");
            foreach (var code in fail.StatusCodes) Console.WriteLine($"{"",20} {code.Count} x {code.StatusCode}: {code.Message}");
        }
    }

    private static bool Held(NodeStats stats)
    {
        foreach (var failed in stats.Thresholds.Where(threshold => threshold.IsFailed))
            Console.WriteLine($"THRESHOLD: {failed.ScenarioName} {failed.StepName} {failed.CheckExpression}");
        return stats.Thresholds.All(threshold => !threshold.IsFailed);
    }
}
