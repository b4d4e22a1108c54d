namespace Akool.Bench;

/// <summary>Whether the gateway exports spans, and what the client's parent says.</summary>
internal enum Tracing
{
    /// <summary>No exporter.</summary>
    Off,

    /// <summary>Exporter on, parent sampled: every turn is traced.</summary>
    Sampled,

    /// <summary>Exporter on, parent not sampled.</summary>
    Unsampled,
}

/// <summary>What the command line says of all measures.</summary>
internal sealed record BenchOptions
{
    /// <summary>The built gateway; null: the bench's own bridge stands in.</summary>
    public string? GatewayDll { get; init; }

    /// <summary>Another built gateway, measured beside it in the same rounds; null: none.</summary>
    public string? AgainstDll { get; init; }

    /// <summary>Accepted rounds of each measure.</summary>
    public int Repetitions { get; init; } = 5;

    /// <summary>Round trips in a window.</summary>
    public int WindowRoundTrips { get; init; } = 100_000;

    /// <summary>Least load before the first window.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Instead of the mode that the gateway ships with.</summary>
    public bool WorkstationGc { get; init; }

    /// <summary>The fake upstream marks an answer's end, so that turns end at once.</summary>
    public bool MarkAnswerEnd { get; init; }

    /// <summary>The bridge alone: CPU burnt for each turn, to see that the gate notices.</summary>
    public int BurnMicroseconds { get; init; }

    /// <summary>The bridge alone: one stall of that length in the middle, to see that the open loop shows it.</summary>
    public int StallMilliseconds { get; init; }

    public int TurnSessions { get; init; } = 64;

    public int IdleSessions { get; init; } = 5000;

    public int Opens { get; init; } = 4000;

    public int LatencySessions { get; init; } = 1000;

    /// <summary>Length of an open-loop window.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long CPU at rest is measured.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(20);

    public TimeSpan Churn { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Also P2 and P3.</summary>
    public bool Traced { get; init; } = true;
}
