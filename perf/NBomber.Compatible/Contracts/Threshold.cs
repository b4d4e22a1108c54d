using NBomber.Contracts.Stats;

namespace NBomber.Contracts;

/// <summary>A condition on a scenario's or a step's figures. Made by <see cref="NBomber.CSharp.Threshold"/>.</summary>
public sealed record Threshold
{
    internal Threshold(string stepName, string expression, Func<ScenarioStats, bool> holds) =>
        (StepName, Expression, Holds) = (stepName, expression, holds);

    internal string StepName { get; }

    internal string Expression { get; }

    internal Func<ScenarioStats, bool> Holds { get; }
}
