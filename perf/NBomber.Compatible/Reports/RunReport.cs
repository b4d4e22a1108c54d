using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>What a report tells.</summary>
internal sealed record RunReport(NodeStats Node, IReadOnlyList<ScenarioOutcome> Scenarios)
{
    /// <summary>The columns that every report has, for the scenario as a whole and each step.</summary>
    public static IEnumerable<(string Name, MeasurementStats Ok, MeasurementStats Fail)> RowsOf(ScenarioStats scenario) =>
        scenario.StepStats.Select(step => (step.StepName, step.Ok, step.Fail)).Prepend(("whole scenario", scenario.Ok, scenario.Fail));
}
