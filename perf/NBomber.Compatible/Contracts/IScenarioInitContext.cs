namespace NBomber.Contracts;

/// <summary>What init and clean of a scenario get.</summary>
public interface IScenarioInitContext
{
    /// <summary>Which scenario this is.</summary>
    ScenarioInfo ScenarioInfo { get; }
}
