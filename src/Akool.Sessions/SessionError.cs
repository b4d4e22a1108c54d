namespace Akool.Sessions;

/// <summary>Causes of an expected failure: those of the contract's <c>ErrorReason</c>, two that share the reason of another, and the three that need none.</summary>
public enum SessionErrorCode
{
    /// <summary>A field of the request is wrong; <see cref="SessionError.Field"/> names it.</summary>
    InvalidField,
    InvalidPageToken,
    InputTooLarge,
    IdempotencyConflict,
    SessionNotFound,
    SessionNotActive,
    AttachRequired,
    SessionLimitReached,
    RateLimited,
    TurnQueueFull,
    SlowConsumer,
    CatalogItemNotFound,
    UpstreamCreditsExhausted,
    UpstreamBusy,
    UpstreamUnavailable,
    UpstreamTimeout,
    UpstreamAuthRejected,

    /// <summary>AKOOL refuses what was asked for because of what it says (INVALID_ARGUMENT).</summary>
    UpstreamRejected,

    /// <summary>AKOOL refuses what was asked for because of the state things are in (FAILED_PRECONDITION).</summary>
    UpstreamPrecondition,
    UpstreamProtocol,
    GatewayDraining,
    CredentialsInvalid,
    ScopeMissing,

    /// <summary>The ledger cannot be written, so nothing may be begun (UNAVAILABLE).</summary>
    LedgerUnavailable,

    /// <summary>The same stream was continued by a newer call (ABORTED).</summary>
    StreamTakenOver,

    /// <summary>The caller left.</summary>
    Canceled,

    /// <summary>The caller's own deadline passed.</summary>
    DeadlineExceeded,
}

/// <summary>An expected failure: a cause for programs and a sentence for a developer. Never holds a secret or a text of a turn.</summary>
/// <param name="Code">The cause.</param>
/// <param name="Detail">A sentence that says what is wrong and, where one can, what to do.</param>
public sealed record SessionError(SessionErrorCode Code, string Detail)
{
    /// <summary>How long to wait before trying again; null: trying again does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>AKOOL's business code, or 0 where AKOOL was not the cause.</summary>
    public int UpstreamCode { get; init; }

    /// <summary>Whether it is certain that AKOOL was never reached (refused connection, open breaker, no token), or the ledger's queue.</summary>
    public bool NothingSent { get; init; }

    /// <summary>The session that AKOOL began all the same, though it cannot be used: whoever asked for it has to close it.</summary>
    public UpstreamId? Begun { get; init; }

    /// <summary>The path of the field at fault, as the contract names it (for example <c>config.avatar_id</c>).</summary>
    public string? Field { get; init; }

    /// <summary>Every field at fault, where there are several; <see cref="Field"/> is the first of them.</summary>
    public IReadOnlyList<FieldFault> Faults { get; init; } = [];

    /// <summary>The limit that was met, for <see cref="SessionErrorCode.SessionLimitReached"/> and <see cref="SessionErrorCode.RateLimited"/>.</summary>
    public LimitUse? Limit { get; init; }

    /// <summary>The error of a field.</summary>
    public static SessionError Invalid(string field, string detail) => new(SessionErrorCode.InvalidField, $"{field}: {detail}") { Field = field };

    /// <summary>The error of one or several fields, so that a caller can mend them all at once.</summary>
    public static SessionError Invalid(IReadOnlyList<FieldFault> faults) => faults.Count == 1
        ? Invalid(faults[0].Field, faults[0].Detail)
        : new(SessionErrorCode.InvalidField, string.Join("; ", faults.Select(fault => $"{fault.Field}: {fault.Detail}"))) { Field = faults[0].Field, Faults = faults };
}

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Field">Its path, as the contract names it.</param>
/// <param name="Detail">What is wrong with it.</param>
public sealed record FieldFault(string Field, string Detail);

/// <summary>One limit and how much of it is used.</summary>
/// <param name="Name">For example <c>live_sessions</c>.</param>
/// <param name="Scope"><c>gateway</c> or <c>owner/{owner}</c>.</param>
/// <param name="Limit">At most this many.</param>
/// <param name="Used">Used now.</param>
public sealed record LimitUse(string Name, string Scope, long Limit, long Used);
