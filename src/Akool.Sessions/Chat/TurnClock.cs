namespace Akool.Sessions.Chat;

/// <summary>
/// The one coarse clock of all turns: once a tick it asks each hub that has open turns whether one's time has come, a slice of the hubs at a time. What
/// ends at once in one session is told at once; what ends in many sessions is not, so that a turn that comes meanwhile does not wait for all of them. Idle hubs
/// are not in it, and with none in it the clock stands still. Turns end up to one tick late. Safe from any thread.
/// </summary>
internal sealed class TurnClock : IAsyncDisposable
{
    /// <summary>How late a turn may end: small beside the quiet period (1.5 s), and 1 000 hubs a tick cost some microseconds.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>A tick is as many steps as there are slices.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    // A step that comes so late says that the process stood still, and what came in the meantime is yet to be read.
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new(); // guards all below but _due, and each hub's place
    private readonly List<ChatHub>[] _slices = [.. Enumerable.Range(0, (int)(Tick / Step)).Select(static _ => new List<ChatHub>())];
    private readonly List<ChatHub> _due = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _lookedAt;
    private uint _looked;
    private uint _added;
    private bool _running;

    public TurnClock(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static self => ((TurnClock)self!).OnStep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Watches a hub until none of its turns has a deadline. Call it after the deadline is set, outside the hub's lock.</summary>
    public void Watch(ChatHub hub)
    {
        if (hub.NextDeadline == MonotonicTime.Never) return;
        Interlocked.MemoryBarrier(); // the other half is in TryRemoveAt
        if (hub.IsWatched) return;
        lock (_gate)
        {
            if (!hub.IsWatched)
            {
                hub.IsWatched = true;
                _slices[_added++ % _slices.Length].Add(hub);
            }
            if (_running) return;
            _running = true;
            _lookedAt = _time.GetTimestamp();
            _timer.Change(Step, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void OnStep()
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            var passed = _time.GetElapsedTime(_lookedAt, now);
            if (passed > Stall)
            {
                _lookedAt = now;
                _timer.Change(Tick, Timeout.InfiniteTimeSpan);
                return;
            }
            // A step that comes late looks at what it has missed.
            var steps = (int)Math.Min(_slices.Length, passed / Step);
            _lookedAt = steps < _slices.Length ? _time.After(_lookedAt, steps * Step) : now;
            for (; steps > 0; steps--) TakeDue(_slices[_looked++ % _slices.Length], now);
        }
        // Only this timer's callback touches _due, and it is armed again only after it.
        try
        {
            foreach (var hub in _due) hub.Expire(now);
        }
        finally
        {
            _due.Clear();
            lock (_gate)
            {
                _running = _slices.Any(static hubs => hubs.Count > 0);
                if (_running) _timer.Change(Step, Timeout.InfiniteTimeSpan);
            }
        }
    }

    // Under _gate.
    private void TakeDue(List<ChatHub> hubs, long now)
    {
        for (var i = hubs.Count - 1; i >= 0; i--)
        {
            var deadline = hubs[i].NextDeadline;
            if (deadline <= now) _due.Add(hubs[i]);
            else if (deadline == MonotonicTime.Never) TryRemoveAt(hubs, i);
        }
    }

    // A hub sets its deadline, then looks whether it is watched; here it is the other way round, so that one of the two sees the other.
    private static void TryRemoveAt(List<ChatHub> hubs, int index)
    {
        hubs[index].IsWatched = false;
        Interlocked.MemoryBarrier();
        if (hubs[index].NextDeadline != MonotonicTime.Never)
        {
            hubs[index].IsWatched = true;
            return;
        }
        hubs[index] = hubs[^1];
        hubs.RemoveAt(hubs.Count - 1);
    }
}
