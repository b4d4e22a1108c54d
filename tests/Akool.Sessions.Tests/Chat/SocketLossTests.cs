using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class SocketLossTests
{
    [Fact]
    public void Turns_taken_while_the_session_queues_wait_without_limit_and_are_sent_in_order()
    {
        using var world = new ChatWorld(state: SessionState.Queueing);
        var client = world.Join();

        client.Say("a");
        client.Say("b");
        world.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(world.Sockets.Sockets);
        world.Change(SessionState.Active);

        Assert.Equal(["a", "b"], world.Sent);
        Assert.Equal(["session Active"], client.Told);
    }

    [Fact]
    public void Turns_are_sent_too_where_the_session_was_paused_before_its_stream_heard_of_its_start()
    {
        using var world = new ChatWorld(state: SessionState.Queueing);
        var client = world.Join();
        client.Say("a");

        world.Change(SessionState.Paused);

        Assert.Equal(["a"], world.Sent);
    }

    [Fact]
    public void A_lost_socket_ends_what_was_sent_as_unknown_and_keeps_the_rest_for_the_next_one()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("sent");
        client.Say("queued", policy: TurnPolicy.Queue);
        world.Lose();
        client.Say("while away");
        Assert.Equal(["sent ended Unknown"], client.Told);
        world.Reconnect();

        Assert.Equal(["sent", "queued", "while away"], world.Sent);
        Assert.Equal(2, world.Sockets.Sockets.Count);
    }

    [Fact]
    public void What_a_socket_lost_in_the_middle_of_a_send_is_unknown_and_not_sent_again()
    {
        using var world = new ChatWorld();
        world.Sockets.BornStalled = true;
        var client = world.Join();

        client.Say("half out");
        client.Say("behind");
        world.Lose();
        world.Sockets.BornStalled = false;
        world.Reconnect();

        Assert.Equal(["half out ended Unknown"], client.Told);
        Assert.Equal(["half out", "behind"], world.Sent);
    }

    [Fact]
    public void A_socket_that_a_send_found_lost_is_followed_by_another()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        world.Socket.Breaks = true;

        client.Say("a");
        world.Reconnect();
        client.Say("b");

        Assert.Equal(["a ended Unknown"], client.Told);
        Assert.Equal(["a", "b"], world.Sent);
    }

    [Fact]
    public void A_socket_that_takes_nothing_is_given_up()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        world.Socket.Thrown = new InvalidOperationException("a bug of the socket");

        client.Say("a");
        world.Reconnect();
        client.Say("b");

        Assert.Equal(["a ended Unknown"], client.Told);
        Assert.Equal(["b"], world.Sent);
    }

    [Fact]
    public void Turns_that_wait_for_a_socket_that_does_not_come_end_as_not_sent()
    {
        using var world = new ChatWorld();
        world.Sockets.Refusal = new(SessionErrorCode.UpstreamUnavailable, "down");
        var client = world.Join();

        client.Say("a", timeout: TimeSpan.FromSeconds(5));
        world.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["a ended NotSent"], client.Told);
        Assert.Equal(0, world.Hub.OpenTurns);
    }

    [Fact]
    public void Waits_between_sockets_grow_and_are_jittered()
    {
        using var world = new ChatWorld();
        world.Sockets.Refusal = new(SessionErrorCode.UpstreamUnavailable, "down");
        world.Join();

        foreach (var wait in (double[])[250, 500, 1000, 2000, 4000, 5000, 5000])
        {
            var before = world.Sockets.Attempts;
            world.Advance(TimeSpan.FromMilliseconds(wait - 1));
            Assert.Equal(before, world.Sockets.Attempts);
            world.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(before + 1, world.Sockets.Attempts);
        }
    }

    [Fact]
    public void A_socket_that_lived_long_starts_the_waits_anew()
    {
        using var world = new ChatWorld();
        world.Sockets.Refusal = new(SessionErrorCode.UpstreamUnavailable, "down");
        world.Join();
        world.Advance(TimeSpan.FromSeconds(5));
        world.Sockets.Refusal = null;
        world.Reconnect();
        world.Advance(TimeSpan.FromSeconds(10));

        world.Lose();
        world.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal(2, world.Sockets.Sockets.Count);
    }

    [Theory]
    [InlineData(1001, true)]
    [InlineData(1006, true)]
    [InlineData(1009, true)]
    [InlineData(1011, true)]
    [InlineData(1012, true)]
    [InlineData(1013, true)]
    [InlineData(1000, false)]
    [InlineData(1008, false)]
    [InlineData(1010, false)]
    [InlineData(3000, false)]
    [InlineData(4001, false)]
    [InlineData(4999, false)]
    public void Only_endings_that_are_worth_it_are_followed_by_another_socket(int code, bool again)
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("sent");
        client.Say("queued", policy: TurnPolicy.Queue);

        world.Lose(code);
        world.Reconnect();

        Assert.Equal(again ? 2 : 1, world.Sockets.Sockets.Count);
        Assert.Equal(again ? ["sent ended Unknown"] : ["sent ended Unknown", "queued ended NotSent"], client.Told);
    }

    [Theory]
    [InlineData(SessionErrorCode.UpstreamRejected)]
    [InlineData(SessionErrorCode.UpstreamProtocol)]
    public void A_room_that_is_refused_is_not_asked_again(SessionErrorCode code)
    {
        using var world = new ChatWorld(state: SessionState.Queueing);
        world.Sockets.Refusal = new(code, "no");
        var client = world.Join();
        client.Say("a");

        world.Change(SessionState.Active);
        world.Reconnect();

        Assert.Equal(1, world.Sockets.Attempts);
        Assert.Equal(["session Active", "a ended NotSent"], client.Told);
    }

    [Fact]
    public void A_factory_that_throws_is_tried_again_and_does_not_keep_the_session_from_ending()
    {
        using var world = new ChatWorld();
        world.Sockets.BeforeOpen = _ => throw new InvalidOperationException("a bug of the factory");
        var client = world.Join();
        client.Say("a");
        world.Sockets.BeforeOpen = null;

        world.Reconnect();

        Assert.Equal(["a"], world.Sent);
    }

    [Fact]
    public void A_session_that_ends_while_its_socket_is_being_opened_waits_for_nothing()
    {
        using var world = new ChatWorld();
        world.Sockets.BeforeOpen = cancellation => Task.Delay(Timeout.InfiniteTimeSpan, world.Time, cancellation);
        var client = world.Join();
        client.Say("a");

        world.Finish(world.Hub.CloseAsync());

        Assert.Equal(["a ended NotSent"], client.Told);
    }

    [Fact]
    public void A_socket_says_goodbye_when_its_session_ends()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("a");

        world.Finish(world.Hub.CloseAsync());

        Assert.True(world.Socket.IsClosed);
        Assert.Equal(["a ended Unknown"], client.Told);
    }

    [Fact]
    public void A_socket_that_is_stuck_is_cut_when_its_session_ends()
    {
        using var world = new ChatWorld();
        world.Sockets.BornStalled = true;
        var client = world.Join();
        client.Say("a");

        world.Close();

        Assert.False(world.Socket.IsClosed);
        Assert.True(world.Socket.IsDisposed);
    }

    [Fact]
    public void Ending_twice_at_once_does_no_harm()
    {
        using var world = new ChatWorld();
        world.Join().Say("a");

        world.Finish(Task.WhenAll(world.Hub.CloseAsync(), world.Hub.CloseAsync()));

        Assert.True(world.Socket.IsClosed);
    }
}
