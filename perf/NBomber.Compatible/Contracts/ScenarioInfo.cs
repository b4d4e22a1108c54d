namespace NBomber.Contracts;

/// <summary>Whether figures are kept.</summary>
public enum ScenarioOperation
{
    /// <summary>Nothing is recorded.</summary>
    WarmUp = 0,

    /// <summary>The measured part.</summary>
    Bombing = 1,
}

/// <summary>Identity of a running copy of a scenario.</summary>
public sealed record ScenarioInfo(string InstanceId, int InstanceNumber, string ScenarioName, TimeSpan ScenarioDuration,
    ScenarioOperation ScenarioOperation);
