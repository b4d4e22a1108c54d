namespace Akool.Sessions.Life;

/// <summary>
/// Sums up how long sessions stay open at AKOOL that should have ended: from the begin of a close whose first try was not confirmed until it is. A close
/// that goes well counts for nothing. Safe from any thread.
/// </summary>
internal sealed class LeakMeter(TimeProvider time)
{
    private readonly Lock _gate = new(); // guards both fields
    private readonly Dictionary<SessionId, long> _leaking = [];
    private TimeSpan _past;

    /// <summary>The time of all sessions so far; those that leak now count up to now.</summary>
    public TimeSpan Total
    {
        get
        {
            lock (_gate)
            {
                var total = _past;
                var now = time.GetTimestamp();
                foreach (var since in _leaking.Values) total += time.GetElapsedTime(since, now);
                return total;
            }
        }
    }

    /// <summary>A close was not confirmed; it began at the timestamp <paramref name="since"/>.</summary>
    public void NotConfirmed(SessionId session, long since)
    {
        lock (_gate) _leaking.TryAdd(session, since);
    }

    /// <summary>The session has ended.</summary>
    public void Ended(SessionId session)
    {
        lock (_gate)
        {
            if (_leaking.Remove(session, out var since)) _past += time.GetElapsedTime(since);
        }
    }
}
