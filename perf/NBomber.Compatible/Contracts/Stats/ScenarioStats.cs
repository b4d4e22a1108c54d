namespace NBomber.Contracts.Stats;

/// <summary>Figures of one scenario: whole invocations, and each of its steps.</summary>
public sealed record ScenarioStats(string ScenarioName, MeasurementStats Ok, MeasurementStats Fail, StepStats[] StepStats, int AllRequestCount,
    int AllOkCount, int AllFailCount, long AllBytes, TimeSpan Duration, int SortIndex);
