using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using Check = NBomber.CSharp.Threshold;

namespace Akool.LoadTest.Scenarios;

/// <summary>What most scenarios must hold.</summary>
internal static class Thresholds
{
    /// <summary>Nothing failed, something ran, and the step's p99 is in its limit where one is given.</summary>
    public static ScenarioProps MustHold(this ScenarioProps scenario, LoadShape shape, string step) => shape.MaxP99Ms > 0
        ? scenario.WithThresholds(
            Check.Create(stats => stats.AllOkCount > 0),
            Check.Create(stats => stats.AllFailCount == 0),
            Check.Create(step, stats => stats.Ok.Latency.Percent99 <= shape.MaxP99Ms))
        : scenario.WithThresholds(
            Check.Create(stats => stats.AllOkCount > 0),
            Check.Create(stats => stats.AllFailCount == 0));

    /// <summary>Under faults turns may be lost, if they are told to be; the contract may not be broken and nothing may hang.</summary>
    public static ScenarioProps MustStayTrue(this ScenarioProps scenario) => scenario.WithThresholds(
        Check.Create(stats => stats.AllOkCount > 0),
        Check.Create(stats => !Says(stats, Measured.Contract)),
        Check.Create(stats => !Says(stats, Measured.Timeout)),
        Check.Create(stats => !Says(stats, "DeadlineExceeded")));

    private static bool Says(ScenarioStats stats, string code) =>
        stats.Fail.StatusCodes.Exists(code) || stats.StepStats.Any(step => step.Fail.StatusCodes.Exists(code));
}
