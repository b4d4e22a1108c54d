using Akool.Sessions.Ports;

namespace Akool.Sessions;

/// <summary>The state machine of a session: what a record becomes by what happens. Null: that cannot happen from there, and nothing changes. Pure.</summary>
internal static class SessionTransitions
{
    /// <summary>AKOOL has answered the create. A session that is being closed by then stays so, but now it is known what to close.</summary>
    public static SessionRecord? Created(SessionRecord record, UpstreamSession upstream, DateTimeOffset now)
    {
        if (record.Upstream is not null || record.IsTerminal) return null;
        var created = record with { Upstream = upstream.Id, Media = upstream.Media, Room = upstream.Room };
        return upstream.Status == UpstreamStatus.Processing ? Activated(created, now) ?? created : created;
    }

    /// <summary>AKOOL reports it running.</summary>
    public static SessionRecord? Activated(SessionRecord record, DateTimeOffset now) =>
        record.State == SessionState.Queueing ? record with { State = SessionState.Active, ActiveTime = now } : null;

    public static SessionRecord? Paused(SessionRecord record) =>
        record.State == SessionState.Active ? record with { State = SessionState.Paused } : null;

    public static SessionRecord? Resumed(SessionRecord record) =>
        record.State == SessionState.Paused ? record with { State = SessionState.Active } : null;

    public static SessionRecord? Closing(SessionRecord record, CloseReason reason, SessionError? problem) =>
        record.IsTerminal || record.State == SessionState.Closing
            ? null
            : record with { State = SessionState.Closing, CloseReason = reason, Problem = problem };

    /// <summary>A close was tried and not confirmed; it goes on.</summary>
    public static SessionRecord? CloseFailed(SessionRecord record, SessionError problem) =>
        record.State == SessionState.Closing && record.Problem?.Code != problem.Code ? record with { Problem = problem } : null;

    /// <summary>AKOOL has confirmed the end: of a close that was asked for, or of its own accord (<paramref name="reason"/>).</summary>
    public static SessionRecord? Closed(SessionRecord record, CloseReason reason, DateTimeOffset now) => record.IsTerminal ? null : record with
    {
        State = SessionState.Closed,
        EndTime = now,
        CloseReason = record.CloseReason == CloseReason.None ? reason : record.CloseReason,
        Problem = null,
        Media = null,
        Room = null,
    };

    public static SessionRecord? Failed(SessionRecord record, CloseReason reason, SessionError problem, DateTimeOffset now) => record.IsTerminal ? null : record with
    {
        State = SessionState.Failed,
        EndTime = now,
        CloseReason = record.CloseReason == CloseReason.None ? reason : record.CloseReason,
        Problem = problem,
        Media = null,
        Room = null,
    };
}
