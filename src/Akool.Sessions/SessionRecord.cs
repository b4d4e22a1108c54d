namespace Akool.Sessions;

/// <summary>Where a session is in its life.</summary>
public enum SessionState
{
    /// <summary>Begun: the intent is in the ledger, or AKOOL has it and waits for an avatar server.</summary>
    Queueing,
    Active,
    Paused,

    /// <summary>A close was asked for and is not confirmed: it may still cost credits.</summary>
    Closing,
    Closed,
    Failed,
}

/// <summary>Why a session ended or is ending. The values are stored in the ledger: never renumber.</summary>
public enum CloseReason
{
    None = 0,
    ClientRequested = 1,
    AdminRequested = 2,
    IdleTimeout = 3,
    AttachTimeout = 4,
    ClientLost = 5,
    MaxDuration = 6,
    CreateAbandoned = 7,
    UpstreamEnded = 8,
    UpstreamFailed = 9,
    GatewayDrained = 10,
    OrphanReaped = 11,
}

/// <summary>The four timers that end a session.</summary>
public sealed record LeasePolicy(TimeSpan MaxDuration, TimeSpan IdleTimeout, TimeSpan AttachTimeout, TimeSpan DetachGrace);

/// <summary>Counters of one session.</summary>
/// <param name="ActiveDuration">From ACTIVE until the confirmed end, or until now.</param>
/// <param name="TurnsAccepted">Turns taken.</param>
/// <param name="TurnsCompleted">Turns that ended COMPLETED.</param>
/// <param name="TurnsNotCompleted">Turns that ended in any other way.</param>
public readonly record struct SessionUsage(TimeSpan ActiveDuration, long TurnsAccepted, long TurnsCompleted, long TurnsNotCompleted);

/// <summary>All that must be remembered of one session, as of one moment. Immutable: a change is a new record with a higher <see cref="Revision"/>.</summary>
public sealed record SessionRecord
{
    public required SessionId Id { get; init; }

    public required OwnerId Owner { get; init; }

    /// <summary>The caller's idempotency key; empty: none.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Hash over what was asked for, to tell a repeat from another request under the same key.</summary>
    public string RequestFingerprint { get; init; } = "";

    public required SessionConfig Config { get; init; }

    public required LeasePolicy Lease { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = EmptyLabels;

    public SessionState State { get; init; }

    /// <summary>Null until AKOOL has answered: such a record is an intent.</summary>
    public UpstreamId? Upstream { get; init; }

    public Media? Media { get; init; }

    public ChatRoom? Room { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public DateTimeOffset? ActiveTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public CloseReason CloseReason { get; init; }

    public SessionError? Problem { get; init; }

    public SessionUsage Usage { get; init; }

    /// <summary>Grows by one with each change; of two records of a session the higher one holds.</summary>
    public long Revision { get; init; }

    /// <summary>Whether nothing can happen to it any more.</summary>
    public bool IsTerminal => State is SessionState.Closed or SessionState.Failed;

    private static IReadOnlyDictionary<string, string> EmptyLabels { get; } = new Dictionary<string, string>();
}
