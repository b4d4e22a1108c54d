using Microsoft.Extensions.Time.Testing;

namespace Akool.Upstream.Tests.Support;

/// <summary>A clock that moves by hand, except that waits below a second (a retry's) pass by themselves.</summary>
internal sealed class EagerTime() : FakeTimeProvider(new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero))
{
    /// <summary>By how much the time of day was set to another; what has passed is measured all the same.</summary>
    public TimeSpan Step { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1)) ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
