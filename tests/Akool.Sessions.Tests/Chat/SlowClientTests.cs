using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class SlowClientTests
{
    private static readonly ChatLimits Small = new() { MaxOutboxBytes = 1024 };
    private static readonly string Text = new('x', 100); // costs 328 bytes: three fit

    [Fact]
    public void A_client_that_reads_too_slowly_loses_its_stream_and_can_resume()
    {
        using var world = new ChatWorld(Small);
        var client = world.Join(slow: true);
        client.Say("t");
        for (var i = 0; i < 5; i++) world.Answer("t", Text);
        Assert.Equal("SlowConsumer", client.End);
        client.Leave();

        var again = world.Join(client.Point);

        Assert.Equal(5, again.Events.OfType<AnswerEvent>().Count());
        Assert.Equal(ResumeOutcome.Resumed, again.Attached.Outcome);
    }

    [Fact]
    public void A_client_that_would_rather_lose_answers_is_told_which()
    {
        using var world = new ChatWorld(Small);
        var client = world.Join(slow: true, drop: true);
        client.Say("t");
        for (var i = 0; i < 7; i++) world.Answer("t", Text);
        client.Interrupt("t");

        client.Sink.Read(staysSlow: false);
        world.Settle();

        Assert.Equal("open", client.End);
        Assert.Equal([1, 2, 3], client.Events.OfType<AnswerEvent>().Select(answer => answer.Sequence));
        Assert.Equal(["gap 4-7", "t ended Interrupted"], client.Told.Skip(3).Take(2));
        Assert.Equal(7, client.Events.OfType<GapEvent>().Single().Sequence);
    }

    [Fact]
    public void A_gap_names_nothing_that_was_told()
    {
        using var world = new ChatWorld(Small);
        var client = world.Join(slow: true, drop: true);
        client.Say("t");
        for (var i = 0; i < 5; i++) world.Answer("t", Text);
        client.Sink.Read();
        world.Settle();
        client.Sink.Read();
        world.Settle();
        for (var i = 0; i < 3; i++) world.Answer("t", Text);
        client.Interrupt("t");
        client.Sink.Read(staysSlow: false);
        world.Settle();

        var told = client.Events.OfType<AnswerEvent>().Select(answer => answer.Sequence).ToList();
        var gone = client.Events.OfType<GapEvent>().SelectMany(gap => Enumerable.Range((int)gap.FirstSequence, (int)(gap.LastSequence - gap.FirstSequence + 1)).Select(i => (long)i)).ToList();
        Assert.Empty(told.Intersect(gone));
        Assert.Equal(Enumerable.Range(1, 8).Select(i => (long)i), told.Concat(gone).Order());
    }

    [Fact]
    public void Even_a_client_that_drops_answers_has_a_bound()
    {
        using var world = new ChatWorld(Small);
        var client = world.Join(slow: true, drop: true);

        for (var i = 0; i < 50; i++) client.Call.Ping(null);

        Assert.Equal("SlowConsumer", client.End);
    }

    [Fact]
    public void An_event_larger_than_the_bound_is_told_to_a_client_that_keeps_up()
    {
        using var world = new ChatWorld(Small);
        var client = world.Join();
        client.Say("t");

        world.Answer("t", new string('x', 10_000));
        world.Answer("t", "small", ended: true);

        Assert.Equal("open", client.End);
        Assert.Equal(3, client.Told.Count());
    }

    [Fact]
    public void A_blocked_client_holds_up_neither_the_reader_nor_other_streams()
    {
        using var world = new ChatWorld(Small);
        var blocked = world.Join(slow: true, all: true);
        var client = world.Join();

        client.Say("t");
        for (var i = 0; i < 50; i++) world.Answer("t", Text);

        Assert.Equal(50, client.Events.OfType<AnswerEvent>().Count());
        Assert.Equal("SlowConsumer", blocked.End);
        Assert.Equal("open", client.End);
    }

    [Fact]
    public void A_client_that_is_gone_harms_nobody_else()
    {
        using var world = new ChatWorld();
        var gone = world.Join(all: true);
        var client = world.Join();
        gone.Sink.IsGone = true;

        client.Say("t");
        world.Answer("t", "hi", ended: true);

        Assert.Equal(["t answer 0 hi", "t ended Completed"], client.Told);
        Assert.Equal("Canceled", gone.End);
        Assert.True(gone.Call.Writer.IsCompletedSuccessfully);
    }

    [Fact]
    public void All_but_the_last_event_of_a_burst_may_stay_in_the_buffer()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t");
        var id = world.WireId("t");

        for (var i = 0; i < 10; i++) world.Socket.Answer(id, $"{i}");
        world.Settle();

        Assert.Equal(10, client.Events.OfType<AnswerEvent>().Count());
        Assert.True(client.Sink.IsFlushed);
        Assert.False(client.Sink.WasRaced);
    }

    [Fact]
    public void Nothing_is_written_to_a_call_that_has_left()
    {
        using var world = new ChatWorld();
        var client = world.Join(slow: true);
        client.Say("t");
        world.Answer("t", "1");
        world.Answer("t", "2");

        client.Leave();
        client.Sink.Read(staysSlow: false);
        world.Settle();

        Assert.Single(client.Events);
        Assert.True(client.Call.Writer.IsCompleted);
        Assert.True(client.Call.Completion.IsCompleted);
    }
}
