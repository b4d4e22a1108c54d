using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class TurnTests
{
    private static readonly TurnSettings Spoken = new("voice", "en", TurnMode.Retell, null);

    [Fact]
    public void Each_part_is_sent_on_at_once_under_one_id()
    {
        using var world = new ChatWorld();
        var client = world.Join(acknowledge: true);

        client.Part("t", 0, "one");
        Assert.Equal(["one"], world.Sent);
        client.Part("t", 1, "two");
        Assert.Equal(["one", "two"], world.Sent);
        client.Part("t", 2, "three", more: false);

        Assert.Equal(["one", "two", "three"], world.Sent);
        Assert.Single(world.Sockets.Wire.Select(frame => frame.Id).Distinct());
        Assert.Equal(["t accepted 0", "t accepted 1", "t accepted 2"], client.Told);
    }

    [Fact]
    public void A_last_part_without_text_says_the_end_and_is_not_sent()
    {
        using var world = new ChatWorld();
        var client = world.Join(acknowledge: true);

        client.Part("t", 0, "one");
        world.Answer("one", "hi");
        client.Part("t", 1, "", more: false);
        world.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["one"], world.Sent);
        Assert.Equal(["t accepted 0", "t answer 0 hi", "t accepted 1", "t ended Completed"], client.Told);
    }

    [Fact]
    public void A_last_part_without_text_waits_behind_the_others_of_its_turn()
    {
        using var world = new ChatWorld(state: SessionState.Queueing);
        var client = world.Join();

        client.Part("t", 0, "one");
        client.Part("t", 1, "", more: false);
        world.Change(SessionState.Active);
        world.Answer("one", "hi", ended: true);

        Assert.Equal(["one"], world.Sent);
        Assert.Equal(["session Active", "t answer 0 hi", "t ended Completed"], client.Told);
    }

    [Fact]
    public void Settings_are_merged_field_by_field_from_the_turn_over_the_stream_over_the_session()
    {
        using var world = new ChatWorld(defaults: new("session", "session", TurnMode.Dialogue, new("session", null)));
        var client = world.Join(defaults: new("stream", "stream", TurnMode.Unspecified, null));

        client.Say("t1", settings: new("turn", null, TurnMode.Unspecified, null));
        client.Say("t2");

        Assert.Equal(new("turn", "stream", TurnMode.Dialogue, new("session", null)), world.Sockets.Wire[0].Settings);
        Assert.Equal(new("stream", "stream", TurnMode.Dialogue, new("session", null)), world.Sockets.Wire[1].Settings);
    }

    [Fact]
    public void What_is_read_on_part_0_only_holds_for_all_parts()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Part("t", 0, "one", settings: Spoken);
        client.Part("t", 1, "two", more: false, TurnPolicy.Interrupt, new("other", null, TurnMode.Dialogue, null));

        Assert.All(world.Sockets.Wire, frame => Assert.Equal(Spoken, frame.Settings));
        Assert.Empty(client.Told);
    }

    [Fact]
    public void A_turn_that_is_never_answered_ends_after_its_own_timeout()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("short", timeout: TimeSpan.FromSeconds(2));
        client.Say("default");
        world.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Empty(client.Told);
        world.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(["short ended NoAnswer"], client.Told);
        world.Advance(TimeSpan.FromSeconds(28));

        Assert.Equal(["short ended NoAnswer", "default ended NoAnswer"], client.Told);
        Assert.Null(Assert.IsType<TurnEndedEvent>(client.Events[^1]).FirstAnswerLatency);
    }

    [Fact]
    public void The_end_of_an_answer_that_is_marked_ends_the_turn_at_once()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("t1");
        client.Say("t2");
        world.Answer("t1", "hi", ended: true);
        world.Answer("t2", "", ended: true);

        Assert.Equal(["t1 answer 0 hi", "t1 ended Completed", "t2 ended Completed"], client.Told);
        Assert.Null(Assert.IsType<TurnEndedEvent>(client.Events[^1]).FirstAnswerLatency); // nothing was said
    }

    [Fact]
    public void The_end_of_a_turn_tells_its_latency_and_its_answers()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("t");
        world.Advance(TimeSpan.FromMilliseconds(300));
        world.Answer("t", "a");
        world.Advance(TimeSpan.FromMilliseconds(300));
        world.Answer("t", "b", ended: true);

        var ended = Assert.IsType<TurnEndedEvent>(client.Events[^1]);
        Assert.Equal((TimeSpan.FromMilliseconds(300), 2, null), (ended.FirstAnswerLatency, ended.AnswerCount, ended.Problem));
    }

    [Fact]
    public void An_answer_before_the_last_part_does_not_end_the_turn()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Part("t", 0, "one");
        world.Answer("one", "early", ended: true);
        world.Advance(TimeSpan.FromSeconds(3));
        client.Part("t", 1, "two", more: false);
        world.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["t answer 0 early", "t ended Completed"], client.Told);
    }

    [Fact]
    public void Silence_counts_anew_from_each_answer()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say("t");
        for (var i = 0; i < 5; i++)
        {
            world.Answer("t", $"{i}");
            world.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.DoesNotContain("t ended Completed", client.Told);
        Assert.Equal(Enumerable.Range(0, 5), client.Events.OfType<AnswerEvent>().Select(answer => answer.Index));
    }

    [Theory]
    [InlineData("", "text", 0, "InvalidField")]
    [InlineData("t", "", 0, "InvalidField")]
    [InlineData("t", "text", 1, "InvalidField")]
    [InlineData("t", "text", -1, "InvalidField")]
    [InlineData("t", "text", TurnRules.MaxParts, "InvalidField")]
    [InlineData("t", "much too long", 0, "InputTooLarge")]
    [InlineData("t", "€€€€", 0, "InputTooLarge")]
    public void A_part_that_cannot_be_taken_is_refused_and_nothing_is_sent(string turn, string text, int part, string code)
    {
        using var world = new ChatWorld(new() { MaxTurnBytes = 10 });
        var client = world.Join();

        client.Part(turn, part, text, more: false);

        Assert.Equal([$"{turn} rejected {code}"], client.Told);
        Assert.Empty(world.Sent);
        Assert.Equal("open", client.End);
    }

    [Fact]
    public void A_turn_in_parts_is_refused_once()
    {
        using var world = new ChatWorld(new() { MaxTurnBytes = 10 });
        var client = world.Join();

        client.Part("t", 0, "much too long");
        client.Part("t", 1, "more");
        client.Part("t", 2, "last", more: false);

        Assert.Equal(["t rejected InputTooLarge"], client.Told);
    }

    [Fact]
    public void A_turn_in_parts_is_refused_once_however_many_others_were_begun_and_left()
    {
        using var world = new ChatWorld(new() { MaxTurnBytes = 10 });
        var client = world.Join();
        for (var i = 0; i < 100; i++) client.Part($"left {i}", 0, "much too long");

        client.Part("t", 0, "much too long");
        client.Part("t", 1, "more");
        client.Part("t", 2, "last", more: false);

        Assert.Single(client.Told, told => told.StartsWith("t ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hole_in_the_parts_ends_the_turn_and_what_was_on_its_way_is_ignored()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Part("t", 0, "0");
        client.Part("t", 2, "2");
        client.Part("t", 3, "3");
        client.Part("t", 4, "4", more: false);

        Assert.Equal(["t ended Failed"], client.Told);
        Assert.Equal(SessionErrorCode.InvalidField, Assert.IsType<TurnEndedEvent>(client.Events[^1]).Problem?.Code);
        Assert.Equal(["0"], world.Sent);
    }

    [Fact]
    public void Parts_of_a_turn_that_has_ended_in_the_meantime_are_ignored()
    {
        using var world = new ChatWorld();
        var (client, other) = (world.Join(), world.Join());

        client.Part("t", 0, "0");
        other.Interrupt("");
        client.Part("t", 1, "1");
        client.Part("t", 2, "2", more: false);

        Assert.Equal(["t ended Interrupted", "session Paused"], client.Told);
        Assert.Equal(["0"], world.Sent);
    }

    [Fact]
    public void A_part_that_could_not_be_read_is_refused_like_one_that_was_found_wrong()
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Call.Reject("new", 0, false, SessionError.Invalid("turn.settings", "is wrong"));
        client.Part("running", 0, "0");
        client.Call.Reject("running", 1, false, SessionError.Invalid("turn.settings", "is wrong"));

        Assert.Equal(["new rejected InvalidField", "running ended Failed"], client.Told);
    }

    [Fact]
    public void An_answered_turn_whose_last_part_does_not_come_is_not_called_completed()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Part("t", 0, "0");
        world.Answer("0", "hi");

        world.Advance(new ChatLimits().AnswerTimeout + TurnClock.Tick);

        Assert.Equal(["t answer 0 hi", "t ended Failed"], client.Told);
        Assert.Equal("turn.part_index", client.Events.OfType<TurnEndedEvent>().Single().Problem?.Field);
    }

    [Fact]
    public void An_answered_turn_of_which_a_part_could_not_be_sent_is_not_called_completed()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Part("t", 0, "0");
        world.Answer("0", "hi");
        world.Socket.IsStalled = true;
        client.Say("in the way", timeout: TimeSpan.FromMinutes(10));
        client.Part("t", 1, "1", more: false);

        world.Advance(new ChatLimits().AnswerTimeout + TurnClock.Tick);

        Assert.Equal(["t answer 0 hi", "t ended Failed"], client.Told);
        Assert.Equal(SessionErrorCode.UpstreamTimeout, client.Events.OfType<TurnEndedEvent>().Single().Problem?.Code);
        Assert.Equal(["0", "in the way"], world.Sent);
    }
}
