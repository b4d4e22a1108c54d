using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

public sealed class LeaseTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly LeasePolicy Short = new(TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10));

    [Fact]
    public void A_time_too_far_away_to_be_told_never_comes()
    {
        var time = new ArmedTime();

        Assert.Equal(MonotonicTime.Never, time.After(time.GetTimestamp(), TimeSpan.MaxValue));
        Assert.Equal(MonotonicTime.Never, time.After(MonotonicTime.Never, Second));
        Assert.Equal(Second, time.GetElapsedTime(time.GetTimestamp(), time.After(time.GetTimestamp(), Second)));
        Assert.Equal(Second, time.GetElapsedTime(-5, time.After(-5, Second))); // of a session that is older than the machine's start
    }

    [Fact]
    public async Task A_session_nobody_joins_is_closed_at_its_attach_timeout()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short));

        world.Time.Advance(19 * Second, Second);
        var before = session.State;
        world.Time.Advance(2 * Second, Second);
        await World.EndAsync(session);

        Assert.Equal((SessionState.Active, CloseReason.AttachTimeout), (before, session.Record.CloseReason));
        Assert.Empty(world.Akool.Open);
    }

    [Fact]
    public async Task A_silent_session_is_closed_at_its_idle_timeout_and_a_touch_begins_it_anew()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short));
        Attach(world, session);

        world.Time.Advance(50 * Second, Second);
        Assert.True(world.Sessions.KeepAlive(World.Me, session.Id).IsOk);
        world.Time.Advance(59 * Second, Second);
        var before = session.State;
        world.Time.Advance(2 * Second, Second);
        await World.EndAsync(session);

        Assert.Equal((SessionState.Active, CloseReason.IdleTimeout), (before, session.Record.CloseReason));
    }

    [Theory]
    [InlineData(50, null)]
    [InlineData(25, 50)]
    public async Task A_turn_and_an_answer_each_begin_the_idle_lease_anew(int saidAt, int? answeredAt)
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short));
        var (sent, answered) = (new TaskCompletionSource<WireTurnId>(), new TaskCompletionSource());
        world.Rooms.Handed = (_, frame) => sent.SetResult(frame.Id);
        var chat = Attach(world, session, new() { Told = told => { if (told is AnswerEvent) answered.SetResult(); } });

        world.Time.Advance(saidAt * Second, Second);
        await chat.SubmitAsync(new("turn", "hello", false, 0, TurnSettings.Empty, TurnPolicy.Send, null)).AsTask().WaitAsync(World.Hang);
        var id = await sent.Task.WaitAsync(World.Hang);
        world.Time.Advance(((answeredAt ?? saidAt) - saidAt) * Second, Second);
        if (answeredAt is not null)
        {
            world.Rooms.Sockets.Single().Answer(id, "hello to you");
            await answered.Task.WaitAsync(World.Hang);
        }
        world.Time.Advance(50 * Second, Second);
        var at100 = session.State;
        world.Time.Advance(12 * Second, Second);
        await World.EndAsync(session);

        Assert.Equal((SessionState.Active, CloseReason.IdleTimeout), (at100, session.Record.CloseReason));
    }

    [Fact]
    public async Task A_session_ends_at_its_maximum_whatever_goes_on_in_it()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short));
        Attach(world, session);

        for (var i = 0; i < 602 && session.State == SessionState.Active; i++)
        {
            session.Touch();
            world.Time.Advance(Second);
        }
        await World.EndAsync(session);

        Assert.Equal(CloseReason.MaxDuration, session.Record.CloseReason);
        Assert.InRange(session.Record.EndTime!.Value - session.Record.CreateTime, 600 * Second, 602 * Second);
    }

    [Fact]
    public async Task A_lost_client_has_the_detach_grace_to_come_back()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short));
        Attach(world, session).Detach();

        world.Time.Advance(9 * Second, Second);
        var again = Attach(world, session);
        world.Time.Advance(20 * Second, Second);
        var whileAttached = session.State;
        again.Detach();
        world.Time.Advance(9 * Second, Second);
        var inGrace = session.State;
        world.Time.Advance(2 * Second, Second);
        await World.EndAsync(session);

        Assert.Equal((SessionState.Active, SessionState.Active, CloseReason.ClientLost), (whileAttached, inGrace, session.Record.CloseReason));
    }

    [Fact]
    public async Task Without_a_detach_grace_the_session_ends_with_its_last_stream()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short with { DetachGrace = TimeSpan.Zero }));
        var (one, two) = (Attach(world, session), Attach(world, session));

        one.Detach();
        world.Time.Advance(Second);
        var withOneLeft = session.State;
        two.Detach();
        world.Time.Advance(Second);
        await World.EndAsync(session);

        Assert.Equal((SessionState.Active, CloseReason.ClientLost), (withOneLeft, session.Record.CloseReason));
    }

    [Fact]
    public async Task Streams_are_told_once_before_each_end()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short));
        var sink = new FakeSink();
        Attach(world, session, sink);

        world.Time.Advance(55 * Second, Second);
        session.Touch();
        var idleOnce = Notices(sink);
        for (var i = 55; i < 595; i++)
        {
            session.Touch();
            world.Time.Advance(Second);
        }

        Assert.Equal([GoAwayReason.IdleExpiring], idleOnce);
        Assert.Equal([GoAwayReason.IdleExpiring, GoAwayReason.SessionExpiring], Notices(sink));
        Assert.InRange(sink.Events.OfType<GoAwayEvent>().Last().TimeLeft, 28 * Second, 30 * Second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_step_of_the_wall_clock_by_an_hour_ends_nothing(int hours)
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short));
        Attach(world, session);

        world.Time.WallStep = TimeSpan.FromHours(hours);
        world.Time.Advance(30 * Second, Second);
        var after = session.State;
        world.Time.Advance(32 * Second, Second);
        await World.EndAsync(session);

        Assert.Equal((SessionState.Active, CloseReason.IdleTimeout), (after, session.Record.CloseReason));
    }

    [Fact]
    public async Task The_times_told_are_those_that_are_kept()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request(lease: Short));
        Attach(world, session);
        world.Time.Advance(5 * Second);

        var told = world.Sessions.KeepAlive(World.Me, session.Id).Value;

        Assert.Equal(world.Time.GetUtcNow() + Short.IdleTimeout, told.IdleExpireTime);
        Assert.Equal(session.Record.CreateTime + Short.MaxDuration, told.ExpireTime);
    }

    [Fact]
    public async Task A_session_that_queues_too_long_is_closed_by_its_lease()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;
        var session = await world.BornAsync(World.Request(lease: Short));

        world.Time.Advance(21 * Second, Second);
        await World.EndAsync(session);

        Assert.Equal(CloseReason.AttachTimeout, session.Record.CloseReason);
        Assert.Empty(world.Akool.Open);
    }

    [Fact]
    public async Task Ended_sessions_are_not_held_until_their_leases_would_have_ended()
    {
        await using var world = await World.StartAsync();
        var live = await world.BornAsync();

        for (var i = 0; i < 1000; i++)
        {
            var session = await world.BornAsync();
            if (i % 2 == 0) Attach(world, session);
            await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        }

        Assert.InRange(world.Runtime.Leases.Held, 1, 300);
        world.Time.Advance(TimeSpan.FromMinutes(3), Second);
        await World.EndAsync(live);
        Assert.Equal((CloseReason.AttachTimeout, 0), (live.Record.CloseReason, world.Runtime.Leases.Held));
    }

    [Fact]
    public async Task A_lease_is_kept_though_many_others_are_forgotten_and_begun_anew()
    {
        await using var world = await World.StartAsync();
        List<Session> live = [], detached = [];
        for (var i = 0; i < 600; i++)
        {
            var session = await world.BornAsync(World.Request(lease: Short));
            if (i % 3 == 0) live.Add(session);
            else if (i % 3 == 1) await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
            else
            {
                Attach(world, session).Detach(); // sooner than its attach timeout
                detached.Add(session);
            }
        }

        world.Time.Advance(12 * Second, Second);
        foreach (var session in detached) await World.EndAsync(session);
        Assert.All(live, session => Assert.Equal(SessionState.Active, session.State));
        Assert.InRange(world.Runtime.Leases.Held, live.Count, 2 * live.Count);
        world.Time.Advance(9 * Second, Second);

        foreach (var session in live) await World.EndAsync(session);
        Assert.All(live, session => Assert.Equal(CloseReason.AttachTimeout, session.Record.CloseReason));
        Assert.Empty(world.Akool.Open);
        Assert.Equal(0, world.Runtime.Leases.Held);
    }

    private static ChatAttachment Attach(World world, Session session, FakeSink? sink = null) =>
        world.Sessions.Attach(World.Me, new ChatAttach(session.Id, null, false, TurnSettings.Empty, false, false), sink ?? new()).Value;

    private static List<GoAwayReason> Notices(FakeSink sink) => [.. sink.Events.OfType<GoAwayEvent>().Select(notice => notice.Reason)];
}
