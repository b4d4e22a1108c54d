namespace NBomber.Contracts;

/// <summary>What one invocation of a scenario knows about itself.</summary>
public interface IScenarioContext
{
    /// <summary>Which scenario this is.</summary>
    ScenarioInfo ScenarioInfo { get; }

    /// <summary>From 1, by copy: an injected copy runs once, a constant one many times.</summary>
    int InvocationNumber { get; }

    /// <summary>Empty at the start of every invocation.</summary>
    Dictionary<string, object> Data { get; }

    /// <summary>Kept between the invocations of one copy.</summary>
    Dictionary<string, object> ScenarioInstanceData { get; }

    /// <summary>Set when the scenario's time is over and its last invocations have had their grace.</summary>
    CancellationToken ScenarioCancellationToken { get; }

    /// <summary>Ends the whole run after the invocations that are under way.</summary>
    void StopCurrentTest(string reason);
}
