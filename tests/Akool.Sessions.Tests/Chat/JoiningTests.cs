using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;

namespace Akool.Sessions.Tests.Chat;

public sealed class JoiningTests
{
    [Fact]
    public void Nobody_joins_once_a_drain_has_begun()
    {
        using var world = new ChatWorld();
        world.Join();
        world.Runtime.Draining = new(SessionErrorCode.GatewayDraining, "going");

        var late = world.Hub.Attach(new(world.Session.Id, null, false, TurnSettings.Empty, false, false), new RecordingSink());

        Assert.Equal(SessionErrorCode.GatewayDraining, late.Error?.Code);
        Assert.Equal(1, world.Session.Lease.AttachedCount);
    }

    [Fact]
    public void A_stream_begins_with_attached_and_a_place_to_resume_from()
    {
        using var world = new ChatWorld();

        var client = world.Join();

        Assert.Equal(ResumeOutcome.New, client.Attached.Outcome);
        Assert.Equal(0, client.Attached.Sequence);
        Assert.Equal(1, client.Attached.Session.AttachedStreams);
        Assert.NotEmpty(client.Attached.ResumePoint.Epoch);
    }

    [Fact]
    public void A_turn_is_answered_and_ends_after_the_quiet_period()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("t1", "hello");
        world.Answer("hello", "hi");
        world.Answer("hello", "there");
        world.Advance(TimeSpan.FromSeconds(1.4));
        Assert.Equal(["t1 answer 0 hi", "t1 answer 1 there"], client.Told);
        world.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(["t1 answer 0 hi", "t1 answer 1 there", "t1 ended Completed"], client.Told);
        Assert.Equal(0, world.Hub.OpenTurns);
    }

    [Fact]
    public void Streams_share_one_socket_and_see_their_own_turns_alone()
    {
        using var world = new ChatWorld();
        var (one, two) = (world.Join(), world.Join());

        one.Say("t", "of one");
        two.Say("t", "of two");
        world.Answer("of two", "2");
        world.Answer("of one", "1");

        Assert.Equal(["t answer 0 1"], one.Told);
        Assert.Equal(["t answer 0 2"], two.Told);
        Assert.Single(world.Sockets.Sockets);
    }

    [Fact]
    public void An_observer_is_shown_every_turn_in_the_order_of_its_owner()
    {
        using var world = new ChatWorld();
        var observer = world.Join(all: true);
        var owner = world.Join(acknowledge: true);

        owner.Say("t1", "hello");
        world.Answer("hello", "hi", ended: true);

        Assert.Equal(["t1 accepted 0", "t1 answer 0 hi", "t1 ended Completed"], observer.Told);
        Assert.Equal(owner.Events.Skip(1), observer.Events.Skip(1));
        Assert.Equal("hello", Assert.IsType<TurnAcceptedEvent>(observer.Events[1]).Text);
        Assert.Equal(owner.Attached.ResumePoint.StreamId, observer.Events[1].StreamId);
    }

    [Fact]
    public void An_observer_is_not_shown_what_was_refused_or_repeated()
    {
        using var world = new ChatWorld();
        var observer = world.Join(all: true);
        var owner = world.Join();

        owner.Say("t1", "hello");
        owner.Say("t1", "hello");
        owner.Say("t2", "");

        Assert.Equal(["t1 accepted 0"], observer.Told);
        Assert.Equal(["t2 rejected InvalidField"], owner.Told);
    }

    [Fact]
    public void No_event_is_made_of_an_acceptance_that_nobody_wants_to_know_of_any_more()
    {
        using var world = new ChatWorld(new() { ResumeWindow = TimeSpan.FromSeconds(1) });
        var observer = world.Join(all: true);
        var owner = world.Join();
        observer.Leave();
        world.Advance(TimeSpan.FromSeconds(2));
        world.Hub.Prune(world.Time.GetTimestamp());

        owner.Say("t1", "hello");
        world.Answer("hello", "hi");

        Assert.Equal(1, owner.Events[^1].Sequence);
    }

    [Theory]
    [InlineData(SessionState.Closing)]
    [InlineData(SessionState.Closed)]
    [InlineData(SessionState.Failed)]
    public void A_session_that_has_ended_or_is_ending_cannot_be_joined(SessionState state)
    {
        using var world = new ChatWorld(state: state);

        var joined = world.Hub.Attach(new(world.Session.Id, null, false, TurnSettings.Empty, false, false), new Fakes.RecordingSink());

        Assert.Equal(SessionErrorCode.SessionNotActive, joined.Error?.Code);
    }

    [Fact]
    public void Leaving_and_joining_is_counted()
    {
        using var world = new ChatWorld();

        var (one, two) = (world.Join(), world.Join());
        one.Leave();
        one.Leave();

        Assert.Equal(1, world.Session.Snapshot().AttachedStreams);
        two.Leave();
        Assert.Equal(0, world.Session.Snapshot().AttachedStreams);
    }

    [Fact]
    public void A_ping_is_answered_with_what_it_brought()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Call.Ping(new(-62_135_596_801, 1_000_000_001));
        client.Call.Ping(null);

        var pongs = client.Events.OfType<PongEvent>().ToList();
        Assert.Equal([new ClientTime(-62_135_596_801, 1_000_000_001), null], pongs.Select(pong => pong.ClientTime));
        Assert.All(pongs, pong => Assert.Equal(0, pong.Sequence));
        Assert.Equal(world.Time.GetUtcNow(), pongs[0].Time);
    }
}
