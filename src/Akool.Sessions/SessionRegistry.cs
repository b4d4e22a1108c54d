using System.Collections.Concurrent;

namespace Akool.Sessions;

/// <summary>What to list.</summary>
/// <param name="Owner">Whose sessions.</param>
/// <param name="States">Only these, in the enum's order, each once; empty: all.</param>
/// <param name="Labels">Only sessions with all of these.</param>
/// <param name="PageSize">At most this many.</param>
/// <param name="After">The last session of the page before; null: the first page.</param>
public sealed record SessionQuery(
    OwnerId Owner, IReadOnlyList<SessionState> States, IReadOnlyDictionary<string, string> Labels, int PageSize, SessionCursor? After);

/// <summary>A place in a list of sessions, newest first: by create time, then by id (ordinal), both falling.</summary>
public readonly record struct SessionCursor(DateTimeOffset CreateTime, SessionId Id);

/// <summary>One page of sessions.</summary>
/// <param name="Sessions">Newest first.</param>
/// <param name="Next">Where the next page begins; null: this is the last one.</param>
/// <param name="Total">How many match in all.</param>
public sealed record SessionPage(IReadOnlyList<SessionSnapshot> Sessions, SessionCursor? Next, int Total);

/// <summary>
/// All sessions that this gateway answers for: the live ones, and those that ended within a day as far as there is room. Safe from any thread.
/// </summary>
internal sealed class SessionRegistry(TimeProvider time)
{
    /// <summary>How long a request id counts, and an ended session can be read (contract: 24 hours).</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    // Ended sessions held to be read and listed; of more the oldest are forgotten here, and only the ledger knows their request ids.
    private const int MaxEnded = 10_000;

    private readonly ConcurrentDictionary<SessionId, Session> _sessions = new();
    private readonly ConcurrentDictionary<(OwnerId, string), Session> _requests = new();
    private readonly Lock _gate = new(); // guards _ended
    private readonly Queue<Session> _ended = new(); // no concurrent one: once that was peeked into, it holds on to thousands that have left it
    private volatile bool _forgot;

    /// <summary>Every session known here.</summary>
    public IEnumerable<Session> All => _sessions.Select(pair => pair.Value);

    /// <summary>Whether request ids may be in the ledger that are no longer known here.</summary>
    public bool HasForgotten => _forgot;

    /// <summary>Takes a session in, or gives the one that its request id stands for already.</summary>
    public Session AddOrGet(Session session)
    {
        if (session.Record.RequestId.Length > 0)
        {
            var known = _requests.GetOrAdd((session.Owner, session.Record.RequestId), session);
            if (!ReferenceEquals(known, session)) return known;
        }
        _sessions[session.Id] = session;
        return session;
    }

    /// <summary>Takes back a session that the ledger knew, oldest first: of two with one request id (after a day it may be used again) the newer has it.</summary>
    public void Restore(Session session)
    {
        if (session.Record.RequestId.Length > 0) _requests[(session.Owner, session.Record.RequestId)] = session;
        _sessions[session.Id] = session;
    }

    public Session? FindRequest(OwnerId owner, string requestId) => _requests.GetValueOrDefault((owner, requestId));

    /// <summary>A session of an owner; null where there is none or it is another's.</summary>
    public Session? Find(OwnerId owner, SessionId id) => _sessions.TryGetValue(id, out var session) && session.Owner == owner ? session : null;

    /// <summary>Forgets a session that was never begun at AKOOL; its request id is free again.</summary>
    public void Remove(Session session)
    {
        _sessions.TryRemove(session.Id, out _);
        if (session.Record.RequestId.Length > 0) _requests.TryRemove(new((session.Owner, session.Record.RequestId), session));
    }

    /// <summary>A session has ended: it is kept for a while.</summary>
    public void Ended(Session session)
    {
        lock (_gate) _ended.Enqueue(session);
        ForgetOld();
    }

    /// <summary>Forgets what ended more than a day ago, and the oldest of what is too much.</summary>
    public void ForgetOld()
    {
        var oldest = time.GetUtcNow() - Retention;
        while (TryTakeOld(oldest, out var session))
        {
            if (session.Record.CreateTime >= oldest) _forgot = true;
            Remove(session);
        }
    }

    /// <summary>One page of an owner's sessions, newest first.</summary>
    public SessionPage List(SessionQuery query)
    {
        var matches = All.Where(session => session.Owner == query.Owner && Matches(session.Record, query.States, query.Labels))
            .OrderByDescending(session => session.Record.CreateTime).ThenByDescending(session => session.Id.Value, StringComparer.Ordinal).ToList();
        var page = matches.Where(session => query.After is not { } after || ComesAfter(session.Record, after)).Take(query.PageSize + 1).ToList();
        var hasMore = page.Count > query.PageSize;
        if (hasMore) page.RemoveAt(query.PageSize);
        return new([.. page.Select(session => session.Snapshot())], hasMore ? new SessionCursor(page[^1].Record.CreateTime, page[^1].Id) : null, matches.Count);
    }

    public static bool Matches(SessionRecord record, IReadOnlyCollection<SessionState> states, IReadOnlyDictionary<string, string> labels) =>
        (states.Count == 0 || states.Contains(record.State))
        && labels.All(label => record.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private bool TryTakeOld(DateTimeOffset oldest, out Session session)
    {
        lock (_gate)
        {
            if (!_ended.TryPeek(out session!) || (_ended.Count <= MaxEnded && !(session.Record.EndTime < oldest))) return false;
            _ended.Dequeue();
            return true;
        }
    }

    private static bool ComesAfter(SessionRecord record, SessionCursor cursor) =>
        record.CreateTime < cursor.CreateTime || (record.CreateTime == cursor.CreateTime && string.CompareOrdinal(record.Id.Value, cursor.Id.Value) < 0);
}
