namespace Akool.Sessions.Leases;

/// <summary>
/// Sessions by the time at which to look at them, each at its soonest. A session that is forgotten, or added again for sooner, leaves an entry behind; once
/// those are half of all they are dropped, so that what has ended is not held until its lease would have. Not safe for threads: the sweep's lock guards it.
/// </summary>
internal sealed class DueSessions
{
    // Not worth a walk below this.
    private const int Few = 256;

    private readonly PriorityQueue<Session, long> _queue = new();
    private int _stale;

    /// <summary>Entries held, with those of no use.</summary>
    public int Count => _queue.Count;

    /// <summary>Looks at a session at <paramref name="due"/>, or sooner.</summary>
    public void Add(Session session, long due)
    {
        if (due >= session.ScheduledAt) return;
        if (session.ScheduledAt != MonotonicTime.Never) _stale++;
        session.ScheduledAt = due;
        _queue.Enqueue(session, due);
        DropStale();
    }

    /// <summary>Does not look at a session any more, unless it is added again.</summary>
    public void Forget(Session session)
    {
        if (session.ScheduledAt == MonotonicTime.Never) return;
        session.ScheduledAt = MonotonicTime.Never;
        _stale++;
        DropStale();
    }

    /// <summary>Takes a session whose time has come.</summary>
    public bool TryTake(long now, out Session session)
    {
        while (_queue.TryPeek(out session!, out var due) && due <= now)
        {
            _queue.Dequeue();
            if (session.ScheduledAt == due)
            {
                session.ScheduledAt = MonotonicTime.Never;
                return true;
            }
            _stale--;
        }
        return false;
    }

    private void DropStale()
    {
        if (_queue.Count < Few || _stale <= _queue.Count / 2) return;
        List<(Session Session, long Due)> kept = [];
        foreach (var (session, due) in _queue.UnorderedItems)
        {
            if (session.ScheduledAt != due) continue;
            session.ScheduledAt = MonotonicTime.Never; // of two entries for one time one is enough
            kept.Add((session, due));
        }
        _queue.Clear();
        _queue.TrimExcess();
        _queue.EnqueueRange(kept);
        foreach (var (session, due) in kept) session.ScheduledAt = due;
        _stale = 0;
    }
}
