using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class PolicyTests
{
    [Fact]
    public void A_session_that_was_spoken_to_while_it_was_paused_is_not_paused_and_can_be_interrupted()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        var answer = new TaskCompletionSource<Result<Done>>();
        world.Api.OnPause = _ => answer.Task;
        var pausing = world.Session.PauseAsync(world.Session.Record.Upstream!.Value, CancellationToken.None);
        client.Say("t"); // which resumes what AKOOL has paused by now
        world.Api.OnPause = null;

        answer.SetResult(Result.Done);
        world.Finish(pausing);
        Assert.Equal(SessionState.Active, world.Session.State);
        client.Interrupt("t");

        Assert.Equal((2, SessionState.Paused), (world.Api.Pauses, world.Session.State));
    }

    [Fact]
    public void Send_passes_turns_on_at_once_in_their_order()
    {
        using var world = new ChatWorld();
        var (one, two) = (world.Join(), world.Join());

        one.Say("a");
        two.Say("b");
        one.Say("c");

        Assert.Equal(["a", "b", "c"], world.Sent);
    }

    [Fact]
    public void Queue_waits_until_the_others_have_ended()
    {
        using var world = new ChatWorld();
        var (one, two) = (world.Join(), world.Join());

        one.Say("a");
        two.Say("b", policy: TurnPolicy.Queue);
        one.Say("c", policy: TurnPolicy.Queue);
        Assert.Equal(["a"], world.Sent);
        world.Answer("a", "hi");
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["a", "b"], world.Sent);
        world.Answer("b", "hi");
        world.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["a", "b", "c"], world.Sent);
    }

    [Fact]
    public void A_queued_turn_goes_out_at_once_when_the_answer_before_it_is_marked_as_ended()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("a");
        client.Say("b", policy: TurnPolicy.Queue);
        world.Answer("a", "hi", ended: true);

        Assert.Equal(["a", "b"], world.Sent);
    }

    [Fact]
    public void A_queued_turn_waits_for_its_answer_as_long_as_any_other()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("a", timeout: TimeSpan.FromSeconds(60));
        client.Say("b", policy: TurnPolicy.Queue, timeout: TimeSpan.FromSeconds(5));
        world.Advance(TimeSpan.FromSeconds(50));
        world.Answer("a", "hi", ended: true);
        world.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["a answer 0 hi", "a ended Completed"], client.Told);
        world.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["a answer 0 hi", "a ended Completed", "b ended NoAnswer"], client.Told);
    }

    [Fact]
    public void Parts_of_a_queued_turn_wait_with_it()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("a");
        client.Part("b", 0, "b0", policy: TurnPolicy.Queue);
        client.Part("b", 1, "b1", more: false);
        Assert.Equal(["a"], world.Sent);
        world.Answer("a", "", ended: true);

        Assert.Equal(["a", "b0", "b1"], world.Sent);
    }

    [Fact]
    public void Queue_with_nothing_running_is_sent_at_once()
    {
        using var world = new ChatWorld();

        world.Join().Say("a", policy: TurnPolicy.Queue);

        Assert.Equal(["a"], world.Sent);
    }

    [Fact]
    public void Interrupt_ends_the_others_and_pauses_once_before_the_next_frame()
    {
        using var world = new ChatWorld();
        var (one, two) = (world.Join(), world.Join());
        var pausedAfter = -1;
        world.Api.Paused = () => pausedAfter = world.Sockets.Wire.Count;

        one.Say("a");
        two.Say("b");
        one.Say("queued", policy: TurnPolicy.Queue);
        two.Say("c", policy: TurnPolicy.Interrupt);

        Assert.Equal(["a ended Interrupted", "queued ended Interrupted"], one.Told.Where(told => told.Contains("ended", StringComparison.Ordinal)));
        Assert.Equal(["b ended Interrupted"], two.Told.Where(told => told.Contains("ended", StringComparison.Ordinal)));
        Assert.Equal(["a", "b", "c"], world.Sent);
        Assert.Equal((1, 2), (world.Api.Pauses, pausedAfter));
        Assert.Equal(SessionState.Active, world.Session.State);
    }

    [Fact]
    public void A_frame_waits_for_the_pause_before_it()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        var pause = new TaskCompletionSource<Result<Done>>();
        world.Api.OnPause = _ => pause.Task;

        client.Say("a");
        client.Interrupt("a");
        client.Say("b");
        Assert.Equal(["a"], world.Sent);
        pause.SetResult(Result.Done);
        world.Settle();

        Assert.Equal(["a", "b"], world.Sent);
        Assert.Equal(["a ended Interrupted", "session Paused", "session Active"], client.Told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_frame_waits_for_the_pause_before_it_also_where_its_socket_is_another(bool isTaken)
    {
        using var world = new ChatWorld();
        var client = world.Join();
        var pause = new TaskCompletionSource<Result<Done>>();
        world.Api.OnPause = _ => pause.Task;

        client.Say("a");
        client.Interrupt("a");
        world.Lose();
        world.Advance(TimeSpan.FromMilliseconds(250));
        client.Say("b");
        Assert.Equal(2, world.Sockets.Sockets.Count);
        Assert.Equal(["a"], world.Sent);
        if (isTaken) pause.SetResult(Result.Done);
        else pause.SetException(new InvalidOperationException("a bug of the port"));
        world.Settle();

        Assert.Equal(["a", "b"], world.Sent);
        Assert.Equal(SessionState.Active, world.Session.State);
    }

    [Fact]
    public void Several_interrupts_before_the_pause_ask_for_one()
    {
        using var world = new ChatWorld(state: SessionState.Active);
        world.Sockets.BornStalled = true;
        var client = world.Join();

        client.Say("a");
        client.Interrupt("a");
        client.Say("b", policy: TurnPolicy.Interrupt);
        client.Say("c", policy: TurnPolicy.Interrupt);
        world.Socket.Flow();
        world.Settle();

        Assert.Equal(1, world.Api.Pauses);
        Assert.Equal(["a", "c"], world.Sent);
    }

    [Fact]
    public void A_pause_that_never_comes_holds_nothing_up_for_long()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        world.Api.OnPause = async cancellation =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, world.Time, cancellation);
            return Result.Done;
        };

        client.Say("a");
        client.Interrupt("a");
        client.Say("b");
        world.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["a", "b"], world.Sent);
    }

    [Fact]
    public void A_pause_that_never_comes_does_not_hold_up_the_end_of_the_session()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        world.Api.OnPause = async cancellation =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, world.Time, cancellation);
            return Result.Done;
        };
        client.Say("a");
        client.Interrupt("a");
        var before = world.Time.GetTimestamp();

        var closed = world.Hub.CloseAsync();
        world.Settle();
        world.Time.Advance(TimeSpan.FromSeconds(1));

        world.Finish(closed);
        Assert.Equal(TimeSpan.FromSeconds(1), world.Time.GetElapsedTime(before));
    }

    [Fact]
    public void Nothing_of_a_turn_comes_after_its_interrupt()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("a");
        world.Answer("a", "1");
        client.Interrupt("a");
        world.Answer("a", "2", ended: true);

        Assert.Equal(["a answer 0 1", "a ended Interrupted"], client.Told.Take(2));
        Assert.DoesNotContain("a answer 1 2", client.Told);
    }

    [Fact]
    public void An_interrupt_stops_the_streams_own_turn_alone()
    {
        using var world = new ChatWorld();
        var (one, two) = (world.Join(), world.Join());

        one.Say("a");
        two.Say("b");
        one.Interrupt("b");
        one.Interrupt("unknown");

        Assert.Equal(2, world.Hub.OpenTurns);
        Assert.Equal(0, world.Api.Pauses);
    }

    [Fact]
    public void A_turn_that_was_interrupted_before_it_was_sent_is_never_sent_and_pauses_nothing()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("a");
        client.Say("b", policy: TurnPolicy.Queue);
        client.Interrupt("b");
        world.Answer("a", "", ended: true);

        Assert.Equal(["a"], world.Sent);
        Assert.Equal(0, world.Api.Pauses);
    }

    [Fact]
    public void An_interrupting_turn_is_taken_where_those_that_it_interrupts_fill_the_queue()
    {
        using var world = new ChatWorld(new() { MaxOpenTurns = 2, MaxQueuedBytes = 1024 });
        world.Sockets.BornStalled = true;
        var client = world.Join();
        client.Say("sent");
        client.Say("big", new string('x', 450));

        client.Say("now", new string('y', 450), TurnPolicy.Interrupt);

        Assert.True(client.Submitted.IsCompleted);
        Assert.Equal(["sent ended Interrupted", "big ended Interrupted"], client.Told);
        Assert.Equal(1, world.Hub.OpenTurns);
    }
}
