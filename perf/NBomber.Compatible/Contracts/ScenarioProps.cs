namespace NBomber.Contracts;

/// <summary>A scenario as it is registered. Made by <see cref="NBomber.CSharp.Scenario"/>.</summary>
public sealed record ScenarioProps
{
    /// <summary>Unique in a run.</summary>
    public required string ScenarioName { get; init; }

    /// <summary>Before warm-up; a failure stops the run.</summary>
    public Func<IScenarioInitContext, Task>? Init { get; init; }

    /// <summary>After the last phase, and after an init that failed. What it throws is told and changes nothing.</summary>
    public Func<IScenarioInitContext, Task>? Clean { get; init; }

    /// <summary>One invocation. None: only init and clean.</summary>
    public Func<IScenarioContext, Task<IResponse>>? Run { get; init; }

    /// <summary>Length of the unmeasured start. Default 30 s.</summary>
    public TimeSpan? WarmUpDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Phases, one after the other. Default: one copy for a minute.</summary>
    public IReadOnlyList<LoadSimulation> LoadSimulations { get; init; } = [new LoadSimulation.KeepConstant(1, TimeSpan.FromMinutes(1))];

    /// <summary>Whether a failed step ends its iteration at once, which then counts as failed. Default true.</summary>
    public bool RestartIterationOnFail { get; init; } = true;

    /// <summary>Failed invocations after which the whole run is stopped. Default 5 000.</summary>
    public int MaxFailCount { get; init; } = 5_000;

    /// <summary>What the run must hold.</summary>
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];
}
