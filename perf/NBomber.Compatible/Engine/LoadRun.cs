using System.Runtime.InteropServices;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using NBomber.Reports;

namespace NBomber.Engine;

/// <summary>Runs all scenarios side by side, judges their thresholds and writes the reports.</summary>
internal sealed class LoadRun(NBomberContext context, TimeProvider time)
{
    public async Task<NodeStats> RunAsync()
    {
        var created = time.GetUtcNow();
        var begin = time.GetTimestamp();
        using var stopping = new CancellationTokenSource();
        ScenarioRun[] runs = [.. context.Scenarios.Select((scenario, i) => new ScenarioRun(scenario, i, context.CompletionTimeout, time, reason => Stop(stopping, reason)))];
        try
        {
            foreach (var run in runs) await run.InitAsync();
            await Task.WhenAll(runs.Select(run => run.WarmUpAsync(stopping.Token)));
            await Task.WhenAll(runs.Select(run => run.BombAsync(stopping.Token)));
        }
        finally
        {
            foreach (var run in runs) await run.CleanAsync();
        }

        ScenarioOutcome[] outcomes = [.. runs.Select(run => run.Outcome())];
        ScenarioStats[] stats = [.. outcomes.Select(outcome => outcome.Stats)];
        ThresholdResult[] thresholds = [.. context.Scenarios.SelectMany(s => s.Thresholds.Select(t => Judge(t, stats.Get(s.ScenarioName))))];
        var info = new NodeInfo(Environment.MachineName, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
            RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, "compatible");
        var test = new TestInfo(Guid.CreateVersion7(created).ToString("N"), context.TestSuite, context.TestName, created.UtcDateTime);
        var node = new NodeStats(stats, thresholds, info, test, stats.Sum(s => s.AllRequestCount), stats.Sum(s => s.AllOkCount),
            stats.Sum(s => s.AllFailCount), stats.Sum(s => s.AllBytes), time.GetElapsedTime(begin), []);
        return node with { ReportFiles = ReportWriter.Write(context, new(node, outcomes)) };
    }

    private static void Stop(CancellationTokenSource stopping, string reason)
    {
        if (!stopping.IsCancellationRequested) Console.WriteLine($"stopped: {reason}");
        stopping.Cancel();
    }

    private static ThresholdResult Judge(Contracts.Threshold threshold, ScenarioStats stats)
    {
        var holds = false;
        var error = "";
        try
        {
            holds = threshold.Holds(stats);
        }
        catch (InvalidOperationException missing) // Get(name) of what never came
        {
            error = missing.Message;
        }

        return new(stats.ScenarioName, threshold.StepName, threshold.Expression, error, holds ? 0 : 1, !holds);
    }
}
