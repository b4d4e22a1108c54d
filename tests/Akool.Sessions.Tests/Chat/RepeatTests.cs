using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class RepeatTests
{
    [Fact]
    public void A_repeat_of_a_running_turn_does_nothing_twice()
    {
        using var world = new ChatWorld();
        var client = world.Join(acknowledge: true);

        client.Say("t", "text");
        client.Say("t", "text");

        Assert.Equal(["text"], world.Sent);
        Assert.Equal(["t accepted 0", "t accepted 0 again"], client.Told);
    }

    [Fact]
    public void A_repeat_of_a_finished_turn_does_nothing_twice()
    {
        using var world = new ChatWorld();
        var client = world.Join(acknowledge: true);

        client.Part("t", 0, "0");
        client.Part("t", 1, "1", more: false);
        world.Answer("1", "hi", ended: true);
        client.Part("t", 0, "0");
        client.Part("t", 1, "1", more: false);

        Assert.Equal(["0", "1"], world.Sent);
        Assert.Equal(["t accepted 0 again", "t accepted 1 again"], client.Told.Skip(4));
    }

    [Fact]
    public void A_repeat_after_a_resume_does_nothing_twice()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("running");
        client.Say("finished");
        world.Answer("finished", "hi", ended: true);

        var again = world.Join(client.Point);
        again.Say("running");
        again.Say("finished");

        Assert.Equal(["running", "finished"], world.Sent);
        Assert.Empty(again.Told);
    }

    [Theory]
    [InlineData("other", TurnPolicy.Send, null, null)]
    [InlineData("text", TurnPolicy.Queue, null, null)]
    [InlineData("text", TurnPolicy.Send, "voice", null)]
    [InlineData("text", TurnPolicy.Send, null, 7)]
    public void The_same_id_with_other_content_is_a_conflict(string text, TurnPolicy policy, string? voice, int? timeout)
    {
        using var world = new ChatWorld();
        var client = world.Join();
        var settings = voice is null ? TurnSettings.Empty : new(voice, null, TurnMode.Unspecified, null);
        client.Say("finished", "text");
        world.Answer("text", "", ended: true);
        client.Say("running", "text");

        foreach (var turn in (string[])["finished", "running"])
            client.Say(turn, text, policy, settings, timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

        Assert.Equal(["text", "text"], world.Sent);
        Assert.Equal(["finished ended Completed", "finished rejected IdempotencyConflict", "running rejected IdempotencyConflict"], client.Told);
        Assert.Equal(1, world.Hub.OpenTurns);
    }

    [Fact]
    public void More_parts_than_the_last_one_are_a_conflict()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("t", "text");
        client.Part("t", 1, "more", more: false);

        Assert.Equal(["t rejected IdempotencyConflict"], client.Told);
        Assert.Equal(1, world.Hub.OpenTurns);
    }

    [Fact]
    public void A_repeat_of_a_turn_that_ended_before_all_its_parts_had_come_is_no_conflict()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Part("t", 0, "0");
        client.Interrupt("t");
        client.Part("t", 1, "1");
        client.Part("t", 2, "2", more: false);

        for (var part = 0; part < 3; part++) client.Part("t", part, $"{part}", more: part < 2);

        Assert.Equal(["t ended Interrupted", "session Paused"], client.Told);
        Assert.Equal(["0"], world.Sent);
    }

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(3, true, false)]
    [InlineData(3, false, false)]
    [InlineData(1, true, true)]
    [InlineData(3, true, true)]
    [InlineData(3, false, true)]
    public void A_part_before_the_first_is_refused_for_itself_whatever_became_of_its_turn(int parts, bool isWhole, bool hasEnded)
    {
        using var world = new ChatWorld();
        var client = world.Join();
        for (var part = 0; part < parts; part++) client.Part("t", part, $"{part}", more: !isWhole || part < parts - 1);
        if (hasEnded) client.Interrupt("t");
        var before = client.Told.Count();

        client.Part("t", -1, "x");

        Assert.True(client.Submitted.IsCompletedSuccessfully);
        Assert.Equal(["t rejected InvalidField"], client.Told.Skip(before));
        Assert.Equal(hasEnded ? 0 : 1, world.Hub.OpenTurns);
        Assert.Equal(parts, world.Sent.Count());
    }

    [Fact]
    public void A_part_before_the_first_of_a_turn_that_runs_does_not_silence_what_comes_after_it()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Part("t", 0, "text", more: false);

        client.Part("t", -1, "x", more: true);
        client.Interrupt("t");
        var before = client.Told.Count();
        client.Part("t", 2, "no part of it", more: false);

        Assert.Equal(["t rejected IdempotencyConflict"], client.Told.Skip(before));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_repeat_of_the_largest_turn_does_nothing_twice(bool isWhole)
    {
        using var world = new ChatWorld();
        var client = world.Join();
        void SayAll()
        {
            for (var part = 0; part < TurnRules.MaxParts; part++) client.Part("t", part, "x", more: !isWhole || part < TurnRules.MaxParts - 1);
        }
        SayAll();
        client.Interrupt("t");
        var told = client.Told.Count();

        SayAll();

        Assert.Equal(TurnRules.MaxParts, world.Sent.Count());
        Assert.Equal(told, client.Told.Count());
    }

    [Fact]
    public void Two_streams_may_use_the_same_id()
    {
        using var world = new ChatWorld();
        var (one, two) = (world.Join(), world.Join());

        one.Say("t", "of one");
        two.Say("t", "of two");

        Assert.Equal(["of one", "of two"], world.Sent);
        Assert.Equal(2, world.Hub.OpenTurns);
    }

    [Fact]
    public void A_turn_that_was_refused_may_be_tried_again_under_its_id()
    {
        using var world = new ChatWorld(new() { MaxOpenTurns = 1 });
        var client = world.Join();
        client.Say("a");
        client.Part("b", 0, "b0");
        client.Part("b", 1, "b1", more: false);
        world.Answer("a", "", ended: true);

        client.Part("b", 0, "b0");
        client.Part("b", 1, "b1", more: false);

        Assert.Equal(["b rejected TurnQueueFull", "a ended Completed"], client.Told);
        Assert.Equal(["a", "b0", "b1"], world.Sent);
    }
}
