using System.Collections.Concurrent;

namespace Akool.Upstream.Connection;

/// <summary>How a peer that says nothing is found out: asked after the first time, given up on after the second.</summary>
internal readonly record struct KeepAlive(TimeSpan PingAfter, TimeSpan PongWithin)
{
    /// <summary>21 s and the checks between: a half-open connection is noticed within 25 s.</summary>
    public static KeepAlive Default { get; } = new(TimeSpan.FromSeconds(13), TimeSpan.FromSeconds(8));

    /// <summary>How often silence is looked for.</summary>
    public TimeSpan CheckEvery => TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerSecond, PingAfter.Ticks / 4));
}

/// <summary>
/// Looks after the silence of all sockets with one timer: one for each would wake the process thousands of times a second while nothing happens. Safe
/// from any thread.
/// </summary>
internal sealed class SocketWatch : IDisposable
{
    private readonly ConcurrentDictionary<ChatSocket, bool> _sockets = new();
    private readonly KeepAlive _silence;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _checkedAt;

    public SocketWatch(KeepAlive silence, TimeProvider time)
    {
        (_silence, _time) = (silence, time);
        _timer = time.CreateTimer(static self => ((SocketWatch)self!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _checkedAt = time.GetTimestamp();
        _timer.Change(silence.CheckEvery, Timeout.InfiniteTimeSpan);
    }

    public void Add(ChatSocket socket) => _sockets.TryAdd(socket, true);

    public void Remove(ChatSocket socket) => _sockets.TryRemove(socket, out _);

    public void Dispose() => _timer.Dispose();

    // Armed again only after it, so that no two run at once.
    private void Check()
    {
        var now = _time.GetTimestamp();
        // So late a check says that the process stood still, and what came in the meantime is yet to be read.
        var stoodStill = _time.GetElapsedTime(_checkedAt, now) > 2 * _silence.CheckEvery;
        _checkedAt = now;
        if (!stoodStill)
            foreach (var (socket, _) in _sockets) socket.CheckSilence(_silence, now);
        _timer.Change(_silence.CheckEvery, Timeout.InfiniteTimeSpan);
    }
}
