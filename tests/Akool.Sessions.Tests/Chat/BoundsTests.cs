using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class BoundsTests
{
    private static readonly string Big = new('x', 400);

    [Fact]
    public void More_turns_than_may_be_open_are_refused()
    {
        using var world = new ChatWorld(new() { MaxOpenTurns = 2 });
        var client = world.Join();

        client.Say("a");
        client.Say("b", policy: TurnPolicy.Queue);
        client.Say("c");

        Assert.Equal(["c rejected TurnQueueFull"], client.Told);
        Assert.NotNull(Assert.IsType<TurnRejectedEvent>(client.Events[^1]).Problem.RetryAfter);
    }

    [Fact]
    public void A_refusal_counts_with_its_id_and_its_reason()
    {
        using var world = new ChatWorld();
        var client = world.Join(slow: true);
        var id = new string('x', 128);

        client.Say(id, "");

        Assert.InRange(world.Hub.OutboxBytes, 128 + 2 * id.Length + 2 * "turn.text: must not be empty, except in a last part".Length, 1024);
    }

    [Fact]
    public void Bytes_that_wait_while_there_is_no_socket_are_bounded()
    {
        using var world = new ChatWorld(new() { MaxQueuedBytes = 1024 }, SessionState.Queueing);
        var client = world.Join();

        client.Say("a", Big);
        client.Say("b", Big);
        client.Say("c", "small");

        Assert.Equal(["b rejected TurnQueueFull"], client.Told);
        world.Change(SessionState.Active);
        Assert.Equal([Big, "small"], world.Sent);
    }

    [Fact]
    public void Turns_that_have_ended_before_they_were_sent_leave_their_room_to_others()
    {
        using var world = new ChatWorld(new() { MaxQueuedBytes = 1024 }, SessionState.Queueing);
        var client = world.Join();

        for (var i = 0; i < 100; i++)
        {
            client.Say($"{i}", Big);
            client.Interrupt($"{i}");
        }
        client.Say("last", Big);

        Assert.DoesNotContain(client.Told, told => told.Contains("rejected", StringComparison.Ordinal));
        Assert.Equal(1, world.Hub.OpenTurns);
        world.Change(SessionState.Active);
        Assert.Equal([Big], world.Sent);
    }

    [Fact]
    public void A_full_socket_holds_the_client_up_until_there_is_room()
    {
        using var world = new ChatWorld(new() { MaxQueuedBytes = 1024 });
        world.Sockets.BornStalled = true;
        var client = world.Join();
        client.Say("sent", Big);
        client.Say("waits", Big);

        client.Say("held up", Big);
        Assert.False(client.Submitted.IsCompleted);
        world.Advance(TimeSpan.FromSeconds(4));
        world.Socket.Flow();
        world.Settle();

        Assert.True(client.Submitted.IsCompletedSuccessfully);
        Assert.Equal(3, world.Sent.Count());
        Assert.Empty(client.Told);
    }

    [Fact]
    public void A_socket_that_stays_full_has_the_turn_refused()
    {
        using var world = new ChatWorld(new() { MaxQueuedBytes = 1024 });
        world.Sockets.BornStalled = true;
        var client = world.Join();
        client.Say("sent", Big);
        client.Say("waits", Big);

        client.Say("held up", Big);
        world.Advance(TimeSpan.FromSeconds(5));

        Assert.True(client.Submitted.IsCompletedSuccessfully);
        Assert.Equal(["held up rejected TurnQueueFull"], client.Told);
    }

    [Fact]
    public void Whoever_waits_for_room_is_let_go_when_the_session_ends()
    {
        using var world = new ChatWorld(new() { MaxQueuedBytes = 1024 });
        world.Sockets.BornStalled = true;
        var client = world.Join();
        client.Say("sent", Big);
        client.Say("waits", Big);
        client.Say("held up", Big);

        world.Close();

        Assert.True(client.Submitted.IsCompletedSuccessfully);
        Assert.Equal(["sent ended Unknown", "waits ended NotSent", "held up rejected SessionNotActive"], client.Told);
    }

    [Fact]
    public void A_stuck_socket_ends_what_waits_for_it_as_not_sent()
    {
        using var world = new ChatWorld();
        world.Sockets.BornStalled = true;
        var client = world.Join();

        client.Say("sent");
        client.Say("waits");
        world.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(["sent ended NoAnswer", "waits ended NotSent"], client.Told);
        world.Socket.Flow();
        world.Settle();
        Assert.Equal(["sent"], world.Sent);
    }
}
