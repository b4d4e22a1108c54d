using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class EndingTests
{
    [Fact]
    public void A_half_closed_stream_ends_once_its_turns_have()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("a");
        client.Say("b", policy: TurnPolicy.Queue);

        client.HalfClose();
        world.Answer("a", "1", ended: true);
        Assert.Equal("open", client.End);
        world.Answer("b", "2", ended: true);

        Assert.Equal("ok", client.End);
        Assert.Equal(["a answer 0 1", "a ended Completed", "b answer 0 2", "b ended Completed"], client.Told);
    }

    [Fact]
    public void A_half_closed_stream_without_turns_ends_at_once_and_not_before_its_client_has_everything()
    {
        using var world = new ChatWorld();
        var client = world.Join(slow: true);

        client.HalfClose();
        Assert.Equal("open", client.End);
        client.Sink.Read();
        world.Settle();

        Assert.Equal("ok", client.End);
    }

    [Fact]
    public void A_session_that_ends_says_so_last()
    {
        using var world = new ChatWorld();
        var (client, observer) = (world.Join(), world.Join(all: true));
        client.Say("sent");
        client.Say("queued", policy: TurnPolicy.Queue);

        world.Change(SessionState.Closing);
        client.Say("late");
        world.Finish(world.Hub.CloseAsync());
        world.Change(SessionState.Closed);
        world.Hub.GoAway(GoAwayReason.IdleExpiring, TimeSpan.Zero);
        client.Call.Ping(null);
        world.Settle();

        Assert.Equal(
            ["sent ended Unknown", "queued ended NotSent", "session Closing", "late rejected SessionNotActive", "session Closed"], client.Told);
        Assert.Equal("session Closed", observer.Told.Last());
        Assert.Equal(("ok", "ok"), (client.End, observer.End));
        Assert.Equal(0, world.Hub.OpenTurns);
    }

    [Fact]
    public void Changes_that_are_told_late_are_not_told_after_later_ones()
    {
        using var world = new ChatWorld(state: SessionState.Queueing);
        var client = world.Join();
        var record = world.Session.Record;

        world.Hub.OnSessionChanged(world.Session.Snapshot() with { Record = record with { State = SessionState.Closed, Revision = 9 } });
        world.Hub.OnSessionChanged(world.Session.Snapshot() with { Record = record with { State = SessionState.Active, Revision = 8 } });
        world.Settle();

        Assert.Equal(["session Closed"], client.Told);
    }

    [Fact]
    public void Going_away_is_told_to_every_stream()
    {
        using var world = new ChatWorld();
        var (one, two) = (world.Join(), world.Join());

        world.Hub.GoAway(GoAwayReason.GatewayDraining, TimeSpan.FromSeconds(10));

        Assert.Equal(["go away GatewayDraining"], one.Told);
        Assert.Equal(["go away GatewayDraining"], two.Told);
        Assert.Equal(TimeSpan.FromSeconds(10), Assert.IsType<GoAwayEvent>(one.Events[^1]).TimeLeft);
    }

    [Fact]
    public void Streams_that_are_ended_get_first_what_they_are_owed()
    {
        using var world = new ChatWorld(new() { MaxOutboxBytes = 1024 });
        var client = world.Join(slow: true, drop: true);
        client.Say("t");
        for (var i = 0; i < 5; i++) world.Answer("t", new string('x', 100));

        world.Hub.EndStreams(new(SessionErrorCode.GatewayDraining, "drain"));
        Assert.Equal("open", client.End);
        client.Sink.Read(staysSlow: false);
        world.Settle();

        Assert.Equal("GatewayDraining", client.End);
        Assert.Equal("gap 4-5", client.Told.Last());
    }

    [Fact]
    public void A_stream_that_ended_well_does_not_end_badly_after_it()
    {
        using var world = new ChatWorld();
        var client = world.Join(slow: true);

        client.HalfClose();
        world.Hub.EndStreams(new(SessionErrorCode.GatewayDraining, "drain"));
        client.Sink.Read(staysSlow: false);
        world.Settle();

        Assert.Equal("ok", client.End);
    }

    [Fact]
    public void A_turn_that_runs_when_the_gateway_drains_gets_its_other_parts_and_its_end()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Part("t", 0, "0");

        world.Runtime.Draining = new(SessionErrorCode.GatewayDraining, "drain");
        client.Part("t", 0, "0");
        client.Part("t", 1, "1", more: false);
        client.Part("new", 0, "2");
        client.Part("new", 1, "3", more: false);
        world.Answer("1", "hi", ended: true);

        Assert.Equal(["0", "1"], world.Sent);
        Assert.Equal(["new rejected GatewayDraining", "t answer 0 hi", "t ended Completed"], client.Told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_session_that_has_ended_needs_no_socket_even_where_its_hub_was_never_closed(bool isOpen)
    {
        using var world = new ChatWorld();
        if (!isOpen) world.Sockets.Refusal = new(SessionErrorCode.UpstreamUnavailable, "down");
        var client = world.Join();
        var before = world.Sockets.Attempts;

        world.Session.Change(record => SessionTransitions.Closed(record, CloseReason.UpstreamEnded, world.Time.GetUtcNow()));
        world.Settle();
        for (var i = 0; i < 10; i++) world.Reconnect();

        Assert.Equal("ok", client.End);
        Assert.Equal(before, world.Sockets.Attempts);
        Assert.All(world.Sockets.Sockets, socket => Assert.True(socket.IsClosed));
    }

    [Fact]
    public void A_turn_that_its_stream_left_behind_ends_all_the_same()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t");
        client.Leave();

        world.Answer("t", "hi");
        world.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(0, world.Hub.OpenTurns);
        Assert.Equal(["t answer 0 hi", "t ended Completed"], world.Join(client.Point).Told);
    }
}
