using Akool.Sessions.Tests.Chat;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Sessions.Tests.Life;

public sealed class SessionFeedTests
{
    private static readonly FakeTimeProvider Time = new();
    private static readonly SessionRecord Born = ChatWorld.Record(Time.GetUtcNow(), SessionState.Active, null);

    [Fact]
    public async Task Whoever_reads_the_end_of_the_changes_finds_why_they_ended()
    {
        var feed = new SessionFeed(TimeProvider.System);
        var draining = new SessionError(SessionErrorCode.GatewayDraining, "going");
        for (var i = 0; i < 2_000; i++)
        {
            using var watch = feed.Watch(World.Me, null);
            watch.Begin([]);
            var ended = watch.Changes.Completion;
            using var looks = new ManualResetEventSlim();
            var reading = Task.Run(() =>
            {
                looks.Set();
                while (!ended.IsCompleted) { } // as close behind the end as can be
                return watch.Error;
            });
            Assert.True(looks.Wait(World.Hang));

            feed.End(draining);

            Assert.Same(draining, await reading.WaitAsync(World.Hang));
        }
    }

    [Fact]
    public void A_change_that_the_present_tells_is_not_told_again_when_it_comes_late()
    {
        var feed = new SessionFeed(Time);
        using var watch = feed.Watch(Born.Owner, Born.Id);

        watch.Begin([At(SessionState.Paused, 2)]);
        feed.Publish(SessionState.Active, At(SessionState.Paused, 2));
        feed.Publish(SessionState.Paused, At(SessionState.Active, 3));

        Assert.True(watch.Changes.TryRead(out var change));
        Assert.Equal(3, change.Session.Record.Revision);
        Assert.False(watch.Changes.TryRead(out _));
    }

    [Fact]
    public async Task An_end_that_comes_before_the_present_is_read_is_told_and_ends_the_watch()
    {
        var feed = new SessionFeed(Time);
        using var watch = feed.Watch(Born.Owner, Born.Id);

        feed.Publish(SessionState.Active, At(SessionState.Closing, 2));
        feed.Publish(SessionState.Closing, At(SessionState.Closed, 3));
        watch.Begin([At(SessionState.Active, 1)]);

        var told = new List<SessionState>();
        await foreach (var change in watch.Changes.ReadAllAsync(TestContext.Current.CancellationToken)) told.Add(change.Session.Record.State);
        Assert.Equal([SessionState.Closing, SessionState.Closed], told);
    }

    [Fact]
    public async Task A_session_that_is_gone_before_the_present_is_read_ends_its_watch()
    {
        var feed = new SessionFeed(Time);
        using var watch = feed.Watch(Born.Owner, Born.Id);

        feed.Publish(SessionState.Queueing, At(SessionState.Failed, 2), isForgotten: true);
        watch.Begin([]);

        await watch.Changes.Completion.WaitAsync(World.Hang, TestContext.Current.CancellationToken);
        Assert.Equal(SessionErrorCode.SessionNotFound, watch.Error?.Code);
    }

    private static SessionSnapshot At(SessionState state, long revision) =>
        new(Born with { State = state, Revision = revision }, 0, Time.GetUtcNow(), null);
}
