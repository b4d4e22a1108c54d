using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;

namespace Akool.Sessions.Tests.Chat;

public sealed class TurnClockTests
{
    [Fact]
    public void A_clock_with_nothing_to_watch_stands_still()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t");
        Assert.True(world.Hub.IsWatched);

        world.Answer("t", "", ended: true);
        world.Advance(TimeSpan.FromSeconds(31));
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.False(world.Hub.IsWatched);
        client.Say("again");
        Assert.True(world.Hub.IsWatched);
    }

    [Fact]
    public void Answers_that_came_while_the_process_stood_still_are_read_before_a_turn_ends()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("said");
        client.Say("unanswered");
        world.Answer("said", "one");

        world.Jump(TimeSpan.FromSeconds(40));
        world.Answer("said", "two");
        world.Answer("unanswered", "at last");
        world.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["said answer 0 one", "said answer 1 two", "unanswered answer 0 at last", "said ended Completed", "unanswered ended Completed"], client.Told);
    }

    [Fact]
    public void Turns_end_in_their_order_though_their_time_comes_at_once()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        for (var i = 0; i < 10; i++) client.Say($"{i}", timeout: TimeSpan.FromSeconds(10 - i));

        world.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i} ended NoAnswer"), client.Told);
    }

    [Fact]
    public void A_turn_that_was_silent_before_its_last_part_came_empty_ends_before_one_answered_since()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Part("parts", 0, "one");
        world.Answer("one", "early");
        world.Advance(TimeSpan.FromSeconds(1));
        client.Say("whole");
        world.Answer("whole", "later");

        client.Part("parts", 1, "", more: false);
        world.Advance(TimeSpan.FromSeconds(0.6));

        Assert.Equal("parts ended Completed", client.Told.Last());
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("whole ended Completed", client.Told.Last());
    }

    [Fact]
    public void Turns_that_speak_in_turn_end_by_their_own_silence()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        for (var i = 0; i < 4; i++) client.Say($"{i}");
        foreach (var i in (int[])[3, 0, 2, 1, 0])
        {
            world.Answer($"{i}", "said");
            world.Advance(TimeSpan.FromSeconds(0.2));
        }
        client.Call.Interrupt("2");

        List<string> ended = [];
        for (var step = 0; step < 20; step++)
        {
            var before = client.Told.Count();
            world.Advance(TimeSpan.FromSeconds(0.1));
            ended.AddRange(client.Told.Skip(before));
        }

        Assert.Equal(["3 ended Completed", "1 ended Completed", "0 ended Completed"], ended);
    }

    [Fact]
    public void What_ends_at_once_in_many_sessions_is_told_a_slice_at_a_time_and_all_of_it_within_a_tick()
    {
        using var world = new ChatWorld();
        List<(ChatHub Hub, RecordingSink Sink)> many = [];
        for (var i = 0; i < 100; i++)
        {
            var session = new Session(ChatWorld.Record(world.Time.GetUtcNow(), SessionState.Active), world.Runtime, world.Time.GetTimestamp());
            many.Add((session.Hub, new()));
            var call = session.Hub.Attach(new(session.Id, null, false, TurnSettings.Empty, false, false), many[i].Sink).Value;
            world.Finish(call.SubmitAsync(new("t", "t", false, 0, TurnSettings.Empty, TurnPolicy.Send, TimeSpan.FromSeconds(1))).AsTask());
        }
        world.Settle();
        world.Advance(TimeSpan.FromSeconds(1) - TurnClock.Step);

        List<int> ended = [];
        for (var i = 0; i <= 5; i++)
        {
            world.Advance(TurnClock.Step);
            ended.Add(many.Count(one => one.Sink.Events.Any(told => told is TurnEndedEvent)));
        }

        Assert.Equal([20, 40, 60, 80, 100, 100], ended);
        foreach (var (hub, _) in many) world.Finish(hub.CloseAsync());
    }
}
