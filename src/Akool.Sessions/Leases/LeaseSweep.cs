namespace Akool.Sessions.Leases;

/// <summary>
/// Keeps the leases of all sessions: one queue by due time, looked at every <see cref="Period"/>. A lease that was renewed is found so when its old due
/// time comes, so that renewing costs nothing. Safe from any thread.
/// </summary>
internal sealed class LeaseSweep(SessionRuntime runtime)
{
    /// <summary>How late a lease may be kept.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new(); // guards _sessions and each session's ScheduledAt
    private readonly DueSessions _sessions = new();
    private readonly List<Session> _due = [];

    /// <summary>Sessions that it holds, some of them more than once.</summary>
    public int Held
    {
        get
        {
            lock (_gate) return _sessions.Count;
        }
    }

    /// <summary>Looks at a new session with the next sweep.</summary>
    public void Begin(Session session) => Schedule(session, runtime.Time.GetTimestamp());

    /// <summary>Sweeps until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period, runtime.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping)) Sweep(runtime.Time.GetTimestamp());
        }
        catch (OperationCanceledException) { }
    }

    private void Sweep(long now)
    {
        lock (_gate)
        {
            while (_sessions.TryTake(now, out var session)) _due.Add(session);
        }
        foreach (var session in _due) Look(session, now);
        _due.Clear();
    }

    private void Look(Session session, long now)
    {
        if (session.Record.IsTerminal) return;
        var prune = session.HubIfAny?.Prune(now) ?? MonotonicTime.Never;
        if (session.State == SessionState.Closing) return;
        var decision = session.Lease.Decide(now);
        if (decision.Close != CloseReason.None)
        {
            runtime.Closer.Begin(session, decision.Close);
            return;
        }
        if (decision.Notice is { } notice) session.HubIfAny?.GoAway(notice, decision.Left);
        // The log may wait a while for its pruning: it is bounded by bytes as well.
        var next = Math.Min(decision.Next, prune == MonotonicTime.Never ? MonotonicTime.Never : Math.Max(prune, runtime.Time.After(now, TimeSpan.FromSeconds(10))));
        Schedule(session, next);
    }

    /// <summary>Looks at a session at <paramref name="due"/>, or sooner; at one that has ended, never.</summary>
    public void Schedule(Session session, long due)
    {
        lock (_gate)
        {
            if (!session.Record.IsTerminal) _sessions.Add(session, due);
        }
    }

    /// <summary>A session has ended: it is not held any longer.</summary>
    public void Forget(Session session)
    {
        lock (_gate) _sessions.Forget(session);
    }
}
