namespace Akool.Sessions.Chat;

/// <summary>
/// The one coarse clock of all turns: every tick it asks the hubs that have open turns whether one's time has come. Idle hubs are not in it, and with
/// none in it the clock stands still. Turns end up to one tick late. Safe from any thread.
/// </summary>
internal sealed class TurnClock : IAsyncDisposable
{
    /// <summary>How late a turn may end: small beside the quiet period (1.5 s), and 1 000 hubs a tick cost some microseconds.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new(); // guards _hubs, _running and each hub's place
    private readonly List<ChatHub> _hubs = [];
    private readonly List<ChatHub> _due = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _running;

    public TurnClock(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static self => ((TurnClock)self!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
                _hubs.Add(hub);
            }
            if (_running) return;
            _running = true;
            _timer.Change(Tick, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void OnTick()
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            for (var i = _hubs.Count - 1; i >= 0; i--)
            {
                var deadline = _hubs[i].NextDeadline;
                if (deadline <= now) _due.Add(_hubs[i]);
                else if (deadline == MonotonicTime.Never) TryRemoveAt(i);
            }
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
                _running = _hubs.Count > 0;
                if (_running) _timer.Change(Tick, Timeout.InfiniteTimeSpan);
            }
        }
    }

    // A hub sets its deadline, then looks whether it is watched; here it is the other way round, so that one of the two sees the other.
    private void TryRemoveAt(int index)
    {
        _hubs[index].IsWatched = false;
        Interlocked.MemoryBarrier();
        if (_hubs[index].NextDeadline != MonotonicTime.Never)
        {
            _hubs[index].IsWatched = true;
            return;
        }
        _hubs[index] = _hubs[^1];
        _hubs.RemoveAt(_hubs.Count - 1);
    }
}
