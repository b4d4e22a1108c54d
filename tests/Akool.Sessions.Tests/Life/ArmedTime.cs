using Microsoft.Extensions.Time.Testing;

namespace Akool.Sessions.Tests.Life;

/// <summary>A clock that a test moves, and that tells which waits were begun on it. The wall clock can be set apart from it. Safe from any thread.</summary>
internal sealed class ArmedTime : TimeProvider
{
    private readonly FakeTimeProvider _inner = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Lock _gate = new(); // guards _waits and _waiters
    private readonly List<TimeSpan> _waits = [];
    private readonly List<(Func<TimeSpan, bool> Match, int Count, TaskCompletionSource Armed)> _waiters = [];

    /// <summary>How far the wall clock stands beside the monotonic one.</summary>
    public TimeSpan WallStep { get; set; }

    /// <summary>The waits begun so far, in order.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_gate) return [.. _waits];
        }
    }

    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow() + WallStep;

    public override long GetTimestamp() => _inner.GetTimestamp();

    public void Advance(TimeSpan by) => _inner.Advance(by);

    /// <summary>Moves the clock in steps, so that what is begun in one is due in a later one.</summary>
    public void Advance(TimeSpan by, TimeSpan step)
    {
        for (var left = by; left > TimeSpan.Zero; left -= step) _inner.Advance(left < step ? left : step);
    }

    /// <summary>Done once that many waits that match have been begun.</summary>
    public Task ArmedAsync(Func<TimeSpan, bool> match, int count = 1)
    {
        lock (_gate)
        {
            if (_waits.Count(match) >= count) return Task.CompletedTask;
            var armed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((match, count, armed));
            return armed.Task.WaitAsync(Hang);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _inner.CreateTimer(callback, state, dueTime, period);
        lock (_gate)
        {
            _waits.Add(dueTime);
            foreach (var waiter in _waiters.Where(waiter => _waits.Count(waiter.Match) >= waiter.Count).ToList())
            {
                _waiters.Remove(waiter);
                waiter.Armed.SetResult();
            }
        }
        return timer;
    }

    private static TimeSpan Hang => TimeSpan.FromSeconds(10);
}
