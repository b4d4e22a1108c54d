using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using Check = NBomber.CSharp.Threshold;

namespace Akool.LoadTest.Scenarios;

/// <summary>What most scenarios must hold.</summary>
internal static class Thresholds
{
    // Of what faults at AKOOL may lead to, these are not: a broken promise, a hang, a gateway that is full or has a bug, a bug of the scenario's own.
    private static readonly string[] NeverUnderFaults =
        [Measured.Contract, Measured.Timeout, "DeadlineExceeded", "ResourceExhausted", "Internal", "Unknown", "-100", "-101"];

    /// <summary>Nothing failed, something ran, the step's p99 is in its limit where one is given, and what else the scenario demands.</summary>
    public static ScenarioProps MustHold(this ScenarioProps scenario, LoadShape shape, string step, Func<ScenarioStats, bool>? also = null)
    {
        // No type is named here that the package may call otherwise.
        var always = new[] { Check.Create(stats => stats.AllOkCount > 0), Check.Create(stats => stats.AllFailCount == 0), Check.Create(stats => also == null || also(stats)) };
        return scenario.WithThresholds(shape.MaxP99Ms > 0 ? [.. always, Check.Create(step, stats => stats.Ok.Latency.Percent99 <= shape.MaxP99Ms)] : always);
    }

    /// <summary>Under faults turns may be lost, if they are told to be, and one session in five may fail; the contract may not be broken and nothing may hang.</summary>
    public static ScenarioProps MustStayTrue(this ScenarioProps scenario) => scenario.WithThresholds(
        Check.Create(stats => stats.AllOkCount > 0),
        Check.Create(stats => stats.AllFailCount * 5L <= stats.AllRequestCount),
        Check.Create(stats => !NeverUnderFaults.Any(code => Says(stats, code))));

    private static bool Says(ScenarioStats stats, string code) =>
        stats.Fail.StatusCodes.Exists(code) || stats.StepStats.Any(step => step.Fail.StatusCodes.Exists(code));
}
