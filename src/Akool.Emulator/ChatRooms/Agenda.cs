namespace Akool.Emulator.ChatRooms;

/// <summary>What is to happen later: one queue and one timer for all rooms. What is due at one time happens in the order in which it was put in.</summary>
internal sealed class Agenda : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1); // a timer cannot wait for more than 49; what fires too early is armed again

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _gate = new(); // guards all below
    private readonly PriorityQueue<Action, (long At, long Number)> _due = new();
    private long _count;
    private bool _firing; // one at a time, or two threads would turn the order round
    private bool _disposed;

    public Agenda(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static agenda => ((Agenda)agenda!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public long Now => _time.GetTimestamp();

    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    /// <summary>Has an act happen at a timestamp. Acts must not block.</summary>
    public void Add(long at, Action act)
    {
        lock (_gate)
        {
            if (_disposed) return;
            _due.Enqueue(act, (at, ++_count));
            if (!_firing && _due.Peek() == act) Arm();
        }
    }

    public void Clear()
    {
        lock (_gate) _due.Clear();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _due.Clear();
        }
        _timer.Dispose();
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_firing) return;
            _firing = true;
        }
        while (Next() is { } act) act();
    }

    private Action? Next()
    {
        lock (_gate)
        {
            if (_due.TryPeek(out _, out var when) && when.At <= Now) return _due.Dequeue();
            _firing = false;
            if (_due.Count > 0) Arm();
            return null;
        }
    }

    private void Arm()
    {
        long now;
        do
        {
            now = Now;
            if (!_due.TryPeek(out _, out var first)) return; // with a test's clock what is due happens in here
            var wait = TimeSpan.FromSeconds(Math.Max(0, first.At - now) / (double)_time.TimestampFrequency);
            if (wait > LongestWait) wait = LongestWait;
            // A timer counts whole milliseconds and rounds down: one too early would come back at once, again and again.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
        while (Now - now >= Ticks(TimeSpan.FromMilliseconds(1))); // a test's clock has moved meanwhile, and the wait would count from there
    }
}
