using Akool.Sessions;

namespace Akool.Gateway.Mapping;

/// <summary>What CreateSession asks for, checked.</summary>
/// <param name="Config">What AKOOL is asked for.</param>
/// <param name="Lease">The lease in force.</param>
/// <param name="Labels">The caller's own key/values.</param>
/// <param name="RequestId">The caller's idempotency key; empty: none.</param>
/// <param name="WaitUntilActive">Whether to answer only when the session is ACTIVE.</param>
internal sealed record NewSession(
    SessionConfig Config, LeasePolicy Lease, IReadOnlyDictionary<string, string> Labels, string RequestId, bool WaitUntilActive);

/// <summary>One page of an owner's sessions, newest first.</summary>
/// <param name="Owner">Whose sessions.</param>
/// <param name="States">Only these, in the enum's order, each once; empty: all.</param>
/// <param name="Labels">Only sessions with all of these.</param>
/// <param name="PageSize">At most this many.</param>
/// <param name="After">The last session of the page before; null: the first page.</param>
internal sealed record SessionQuery(
    OwnerId Owner, IReadOnlyList<SessionState> States, IReadOnlyDictionary<string, string> Labels, int PageSize, SessionCursor? After);

/// <summary>A place in a list of sessions, newest first: by create time, then by id (ordinal), both falling.</summary>
internal readonly record struct SessionCursor(DateTimeOffset CreateTime, SessionId Id);
