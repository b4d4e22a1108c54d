using NBomber.Contracts;

namespace NBomber.CSharp;

/// <summary>Makes and shapes scenarios.</summary>
public static class Scenario
{
    /// <summary>A scenario whose invocations call <paramref name="run"/>.</summary>
    public static ScenarioProps Create(string name, Func<IScenarioContext, Task<IResponse>> run) => new() { ScenarioName = name, Run = run };

    /// <summary>A scenario of init and clean alone.</summary>
    public static ScenarioProps Empty(string name) => new() { ScenarioName = name, LoadSimulations = [], WarmUpDuration = null };

    /// <summary>Runs before warm-up; a failure stops the run.</summary>
    public static ScenarioProps WithInit(this ScenarioProps scenario, Func<IScenarioInitContext, Task> initFunc) => scenario with { Init = initFunc };

    /// <summary>Runs after the last phase. What it throws is told and changes nothing: a check belongs into a step.</summary>
    public static ScenarioProps WithClean(this ScenarioProps scenario, Func<IScenarioInitContext, Task> cleanFunc) => scenario with { Clean = cleanFunc };

    /// <summary>Runs unmeasured for that long first.</summary>
    public static ScenarioProps WithWarmUpDuration(this ScenarioProps scenario, TimeSpan duration) => scenario with { WarmUpDuration = duration };

    /// <summary>Measures from the first invocation on.</summary>
    public static ScenarioProps WithoutWarmUp(this ScenarioProps scenario) => scenario with { WarmUpDuration = null };

    /// <summary>The phases of the load, one after the other.</summary>
    public static ScenarioProps WithLoadSimulations(this ScenarioProps scenario, params LoadSimulation[] loadSimulations) =>
        scenario with { LoadSimulations = loadSimulations };

    /// <summary>False: a failed step does not end its iteration; the scenario sees the failure and goes on.</summary>
    public static ScenarioProps WithRestartIterationOnFail(this ScenarioProps scenario, bool shouldRestart) =>
        scenario with { RestartIterationOnFail = shouldRestart };

    /// <summary>Failed invocations after which the whole run is stopped.</summary>
    public static ScenarioProps WithMaxFailCount(this ScenarioProps scenario, int maxFailCount) => scenario with { MaxFailCount = maxFailCount };

    /// <summary>What the run must hold.</summary>
    public static ScenarioProps WithThresholds(this ScenarioProps scenario, params Contracts.Threshold[] thresholds) =>
        scenario with { Thresholds = thresholds };
}
