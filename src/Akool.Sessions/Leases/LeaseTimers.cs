using Akool.Sessions.Chat;

namespace Akool.Sessions.Leases;

/// <summary>What a session's leases ask for now.</summary>
/// <param name="Close">Why to close; <see cref="CloseReason.None"/>: not yet.</param>
/// <param name="Notice">What to tell the streams; null: nothing.</param>
/// <param name="Left">With a notice: how long the streams still have.</param>
/// <param name="Next">Timestamp at which to ask again.</param>
internal readonly record struct LeaseDecision(CloseReason Close, GoAwayReason? Notice, TimeSpan Left, long Next);

/// <summary>
/// The four timers that end a session. All are monotonic. Written by the chat and read by the sweep without a lock: each field is one word, and a sweep
/// that reads one late comes again.
/// </summary>
internal sealed class LeaseTimers(LeasePolicy policy, long since, TimeProvider time)
{
    // Streams are told this long before the end, or a fifth of the lease where that is less.
    private static readonly TimeSpan NoticeAtMost = TimeSpan.FromSeconds(30);

    private long _bornAt = since;
    private long _touchedAt = time.GetTimestamp();
    private long _detachedAt = MonotonicTime.Never;
    private int _attached;
    private bool _everAttached;
    private bool _expiryTold;
    private long _idleToldFor = MonotonicTime.Never;

    /// <summary>Chat streams attached now.</summary>
    public int AttachedCount => Volatile.Read(ref _attached);

    /// <summary>All timers start anew; before the first sweep.</summary>
    public void Begin()
    {
        Volatile.Write(ref _bornAt, time.GetTimestamp());
        Touch();
    }

    /// <summary>The idle lease starts anew.</summary>
    public void Touch() => Volatile.Write(ref _touchedAt, time.GetTimestamp());

    /// <summary>So many streams are attached now. Gives when the session ends if none comes back; the sweep must be told of it.</summary>
    public long Attached(int count)
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _attached, count);
        Volatile.Write(ref _everAttached, true);
        Volatile.Write(ref _detachedAt, count == 0 ? now : MonotonicTime.Never);
        return count == 0 ? time.After(now, policy.DetachGrace) : MonotonicTime.Never;
    }

    /// <summary>What is left of the idle lease.</summary>
    public TimeSpan IdleLeft()
    {
        var left = policy.IdleTimeout - time.GetElapsedTime(Volatile.Read(ref _touchedAt));
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>What is to be done now, and when to ask again. Called by the sweep alone.</summary>
    public LeaseDecision Decide(long now)
    {
        var bornAt = Volatile.Read(ref _bornAt);
        var expireAt = time.After(bornAt, policy.MaxDuration);
        var touchedAt = Volatile.Read(ref _touchedAt);
        var idleAt = time.After(touchedAt, policy.IdleTimeout);
        var detachedAt = Volatile.Read(ref _detachedAt);
        var lostAt = detachedAt == MonotonicTime.Never ? MonotonicTime.Never : time.After(detachedAt, policy.DetachGrace);
        var attachAt = Volatile.Read(ref _everAttached) ? MonotonicTime.Never : time.After(bornAt, policy.AttachTimeout);
        if (expireAt <= now) return new(CloseReason.MaxDuration, null, default, now);
        if (attachAt <= now) return new(CloseReason.AttachTimeout, null, default, now);
        if (lostAt <= now) return new(CloseReason.ClientLost, null, default, now);
        if (idleAt <= now) return new(CloseReason.IdleTimeout, null, default, now);

        var expiryNoticeAt = _expiryTold ? MonotonicTime.Never : time.After(expireAt, -NoticeFor(policy.MaxDuration));
        var idleNoticeAt = _idleToldFor == touchedAt ? MonotonicTime.Never : time.After(idleAt, -NoticeFor(policy.IdleTimeout));
        GoAwayReason? notice = null;
        var left = TimeSpan.Zero;
        if (expiryNoticeAt <= now)
        {
            (_expiryTold, notice, left, expiryNoticeAt) = (true, GoAwayReason.SessionExpiring, time.GetElapsedTime(now, expireAt), MonotonicTime.Never);
        }
        else if (idleNoticeAt <= now)
        {
            (_idleToldFor, notice, left, idleNoticeAt) = (touchedAt, GoAwayReason.IdleExpiring, time.GetElapsedTime(now, idleAt), MonotonicTime.Never);
        }
        var next = Math.Min(Math.Min(Math.Min(expireAt, idleAt), Math.Min(attachAt, lostAt)), Math.Min(expiryNoticeAt, idleNoticeAt));
        return new(CloseReason.None, notice, left, next);
    }

    private static TimeSpan NoticeFor(TimeSpan lease) => lease / 5 < NoticeAtMost ? lease / 5 : NoticeAtMost;
}
