using System.Runtime.CompilerServices;
using NBomber.Contracts.Stats;

namespace NBomber.CSharp;

/// <summary>Makes thresholds.</summary>
public static class Threshold
{
    /// <summary>A condition on the scenario's figures.</summary>
    public static Contracts.Threshold Create(Func<ScenarioStats, bool> checkScenario,
        [CallerArgumentExpression(nameof(checkScenario))] string expression = "") => new("", expression, checkScenario);

    /// <summary>A condition on one step's figures; a step that never ran does not hold it.</summary>
    public static Contracts.Threshold Create(string stepName, Func<StepStats, bool> checkStep,
        [CallerArgumentExpression(nameof(checkStep))] string expression = "") =>
        new(stepName, expression, scenario => scenario.StepStats.Find(stepName) is { } step && checkStep(step));
}
