using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>How late the generator itself was; milliseconds.</summary>
internal sealed record Drift(double P50, double P99, double Max);

/// <summary>A scenario's figures, and what NBomber's statistics have no place for.</summary>
internal sealed record ScenarioOutcome(ScenarioStats Stats, Drift? Drift, IReadOnlyList<TimelinePoint> Timeline);
