using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;

namespace Akool.Sessions.Tests.Chat;

public sealed class ResumeTests
{
    [Fact]
    public void A_resume_gets_what_it_missed_equal_to_its_first_delivery()
    {
        using var world = new ChatWorld();
        var observer = world.Join(all: true);
        var client = world.Join();
        client.Say("t");
        world.Answer("t", "seen");
        var point = client.Point;
        client.Leave();
        world.Answer("t", "missed", ended: true);

        var again = world.Join(point);

        Assert.Equal((ResumeOutcome.Resumed, point), (again.Attached.Outcome, again.Attached.ResumePoint));
        Assert.Equal(["t answer 1 missed", "t ended Completed"], again.Told);
        Assert.All(again.Events.Skip(1), told => Assert.Contains(observer.Events, first => SameEvent.Comparer.Equals(first, told)));
    }

    [Fact]
    public void Turns_come_along_with_their_stream()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t");
        client.Leave();

        var again = world.Join(client.Point);
        world.Answer("t", "hi");
        again.Interrupt("t");

        Assert.Equal(["t answer 0 hi", "t ended Interrupted"], again.Told.Take(2));
    }

    [Fact]
    public void A_resume_takes_the_stream_over_from_a_call_that_still_holds_it()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("a");

        var again = world.Join(client.Point);
        client.Say("ignored");
        client.Leave();
        again.Say("b");

        Assert.Equal("StreamTakenOver", client.End);
        Assert.Equal(["a", "b"], world.Sent);
        Assert.Equal(1, world.Session.Snapshot().AttachedStreams);
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData(null, "99")]
    public void A_resume_of_what_is_not_known_is_a_new_stream(string? epoch, string? stream)
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t");
        world.Answer("t", "hi");
        var point = client.Point;

        var again = world.Join(new(epoch ?? point.Epoch, stream ?? point.StreamId, point.Sequence));

        Assert.Equal(ResumeOutcome.Lost, again.Attached.Outcome);
        Assert.NotEqual(point.StreamId, again.Attached.ResumePoint.StreamId);
        Assert.Empty(again.Told);
        Assert.Equal("open", client.End);
    }

    [Fact]
    public void A_place_beyond_the_last_event_is_refused()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        var joined = world.Hub.Attach(new(world.Session.Id, client.Point with { Sequence = 1 }, false, TurnSettings.Empty, false, false), client.Sink);

        Assert.Equal("attach.resume_from.sequence", joined.Error?.Field);
        Assert.Equal("open", client.End);
    }

    [Fact]
    public void What_the_log_has_lost_is_named_by_a_gap_before_all_else()
    {
        using var world = new ChatWorld(new() { ResumeBytes = 1024 });
        var client = world.Join();
        client.Say("t");
        client.Leave();
        for (var i = 0; i < 20; i++) world.Answer("t", $"{i}");

        var again = world.Join(client.Point);

        Assert.Equal(ResumeOutcome.Partial, again.Attached.Outcome);
        var gap = Assert.IsType<GapEvent>(again.Events[1]);
        var kept = again.Events.OfType<AnswerEvent>().ToList();
        Assert.Equal((1, kept[0].Sequence - 1), (gap.FirstSequence, gap.LastSequence));
        Assert.Equal(gap.LastSequence, gap.Sequence);
        Assert.Equal(20 - gap.LastSequence, kept.Count);
    }

    [Fact]
    public void What_the_log_has_lost_of_others_is_no_gap()
    {
        using var world = new ChatWorld(new() { ResumeBytes = 1024 });
        var (client, other) = (world.Join(), world.Join());
        client.Leave();
        other.Say("t");
        for (var i = 0; i < 20; i++) world.Answer("t", $"{i}");

        var again = world.Join(client.Point);

        Assert.Equal(ResumeOutcome.Resumed, again.Attached.Outcome);
        Assert.Empty(again.Told);
    }

    [Fact]
    public void A_resume_that_asks_to_see_more_is_told_that_part_of_that_is_gone()
    {
        using var world = new ChatWorld(new() { ResumeBytes = 1024 });
        var (client, other) = (world.Join(), world.Join());
        client.Leave();
        other.Say("t");
        for (var i = 0; i < 20; i++) world.Answer("t", $"{i}");

        var again = world.Join(client.Point, all: true);

        Assert.Equal(ResumeOutcome.Partial, again.Attached.Outcome);
        Assert.Equal(20, Assert.IsType<GapEvent>(again.Events[1]).LastSequence + again.Events.OfType<AnswerEvent>().Count());
    }

    [Fact]
    public void What_is_acknowledged_by_all_is_forgotten_and_no_gap()
    {
        using var world = new ChatWorld(new() { ResumeBytes = 4096 });
        var client = world.Join();
        client.Say("t");
        for (var i = 0; i < 3; i++) world.Answer("t", new string('x', 100));
        client.Call.Acknowledge(2);

        var again = world.Join(client.Point with { Sequence = 0 });

        Assert.Equal((ResumeOutcome.Resumed, 2), (again.Attached.Outcome, again.Attached.ResumePoint.Sequence));
        Assert.Equal([3L], again.Events.Skip(1).Select(told => told.Sequence));
    }

    [Fact]
    public void Acknowledgements_of_what_never_was_or_was_before_change_nothing()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t");
        world.Answer("t", "1");
        world.Answer("t", "2");

        client.Call.Acknowledge(1);
        client.Call.Acknowledge(99);
        client.Call.Acknowledge(-1);

        Assert.Equal(["t answer 1 2"], world.Join(client.Point with { Sequence = 1 }).Told);
    }

    [Fact]
    public void A_stream_and_its_events_are_forgotten_after_the_resume_window()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t");
        world.Answer("t", "hi", ended: true);
        client.Leave();
        world.Advance(TimeSpan.FromSeconds(59));
        Assert.NotEqual(MonotonicTime.Never, world.Hub.Prune(world.Time.GetTimestamp()));
        Assert.Equal(ResumeOutcome.Resumed, Rejoin(world, client));

        world.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(MonotonicTime.Never, world.Hub.Prune(world.Time.GetTimestamp()));

        Assert.Equal(ResumeOutcome.Lost, Rejoin(world, client));
    }

    [Fact]
    public void Old_events_are_forgotten_as_new_ones_come()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t", timeout: TimeSpan.FromHours(1));
        world.Answer("t", "old");
        world.Advance(TimeSpan.FromSeconds(1));
        world.Advance(TimeSpan.FromSeconds(1));
        client.Say("u", timeout: TimeSpan.FromHours(1));
        world.Advance(TimeSpan.FromSeconds(61));
        world.Answer("u", "new");

        var again = world.Join(client.Attached.ResumePoint);

        Assert.Equal(["gap 1-2", "u answer 0 new"], again.Told);
    }

    [Fact]
    public void A_half_closed_stream_that_is_resumed_takes_turns_again()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.HalfClose();
        client.Leave();

        var again = world.Join(client.Point);
        again.Say("t");
        world.Answer("t", "hi", ended: true);

        Assert.Equal(["t answer 0 hi", "t ended Completed"], again.Told);
        Assert.Equal("open", again.End);
    }

    [Fact]
    public void Streams_that_come_and_go_do_not_pile_up()
    {
        using var world = new ChatWorld();
        var first = world.Join();
        first.Leave();
        for (var i = 0; i < 300; i++)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            world.Join().Leave();
        }

        Assert.Equal(ResumeOutcome.Lost, Rejoin(world, first));
    }

    [Fact]
    public void A_stream_cut_at_any_event_and_resumed_tells_the_same_as_one_that_was_not()
    {
        for (var cut = 0; cut < 12; cut++)
        {
            using var world = new ChatWorld();
            var uncut = world.Join(all: true);
            var client = world.Join(acknowledge: true);
            var events = new List<ChatEvent>();
            for (var step = 0; step < 12; step++)
            {
                if (step == cut)
                {
                    events.AddRange(client.Events.Skip(1));
                    var point = client.Point;
                    client.Leave();
                    Step(world, client, step, isAway: true);
                    client = world.Join(point, acknowledge: true);
                }
                else Step(world, client, step, isAway: false);
            }
            events.AddRange(client.Events.Skip(1));

            Assert.Equal(uncut.Events.Skip(1), events, SameEvent.Comparer);
        }
    }

    private static void Step(ChatWorld world, TestClient client, int step, bool isAway)
    {
        if (step % 4 == 0 && !isAway) client.Say($"t{step}");
        else if (step % 4 == 3) world.Advance(TimeSpan.FromSeconds(1.6));
        else if (world.Sent.LastOrDefault() is { } turn) world.Answer(turn, $"answer {step}");
    }

    private static ResumeOutcome Rejoin(ChatWorld world, TestClient client)
    {
        var again = world.Join(client.Point);
        again.Leave();
        return again.Attached.Outcome;
    }
}
