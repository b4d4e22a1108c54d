using Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Chat;

/// <summary>One conversation, cut at every single event of it and resumed: what its client has in the end is the same, or it knows what it lacks.</summary>
public sealed class CutTests
{
    [Fact]
    public async Task A_talker_that_is_cut_at_any_event_and_resumes_has_the_uncut_conversation()
    {
        await using var chat = await ChatFixture.StartAsync();
        var uncut = Told((await Conversation.RunAsync(chat)).Talker);

        var cut = await Task.WhenAll(Enumerable.Range(1, uncut.Count + 1).Select(k => Conversation.RunAsync(chat, cutTalker: k)));

        Assert.True(uncut.Count > 15, $"the conversation has {uncut.Count} events");
        Assert.All(cut, run => Assert.Equal(uncut, Told(run.Talker)));
        Assert.All(cut, run => Assert.Equal([ResumeOutcome.New, ResumeOutcome.Resumed], Outcomes(run.Talker)));
    }

    [Fact]
    public async Task An_observer_that_is_cut_at_any_event_and_comes_back_at_the_end_has_the_uncut_conversation()
    {
        await using var chat = await ChatFixture.StartAsync();
        var uncut = Told((await Conversation.RunAsync(chat)).Observer);

        var cut = await Task.WhenAll(Enumerable.Range(1, uncut.Count + 1).Select(k => Conversation.RunAsync(chat, cutObserver: k)));

        Assert.True(uncut.Count > 20, $"the conversation has {uncut.Count} events");
        Assert.All(cut, run => Assert.Equal(uncut, Told(run.Observer)));
        Assert.All(cut, run => Assert.Equal([ResumeOutcome.New, ResumeOutcome.Resumed], Outcomes(run.Observer)));
    }

    [Fact]
    public async Task An_observer_that_comes_back_too_late_has_a_gap_for_exactly_what_it_lacks()
    {
        await using var chat = await ChatFixture.StartAsync(("Chat:ResumeBytes", "1500"));
        var uncut = (await Conversation.RunAsync(chat)).Observer.Where(told => told.Sequence > 0).ToDictionary(told => told.Sequence, Shape);

        var cut = await Task.WhenAll(Enumerable.Range(1, uncut.Count + 1).Select(k => Conversation.RunAsync(chat, cutObserver: k)));

        Assert.Contains(cut, run => Outcomes(run.Observer)[^1] == ResumeOutcome.Partial);
        Assert.Contains(cut, run => Outcomes(run.Observer)[^1] == ResumeOutcome.Resumed);
        Assert.All(cut, run => HasGapForWhatItLacks(run.Observer, uncut));
    }

    private static void HasGapForWhatItLacks(IReadOnlyList<ChatResponse> told, Dictionary<long, string> uncut)
    {
        var gap = told.SingleOrDefault(response => response.Gap is not null)?.Gap;
        var events = told.Where(response => response.Sequence > 0 && response.Gap is null).ToDictionary(response => response.Sequence, Shape);
        var missing = uncut.Keys.Except(events.Keys).Order().ToList();

        Assert.Equal(Outcomes(told)[^1] == ResumeOutcome.Partial, gap is not null);
        Assert.Equal(missing, uncut.Keys.Order().Where(sequence => sequence >= gap?.FirstSequence && sequence <= gap.LastSequence));
        if (gap is not null) Assert.Equal(missing[^1], gap.LastSequence);
        Assert.All(events, one => Assert.Equal(uncut[one.Key], one.Value));
    }

    private static List<ResumeOutcome> Outcomes(IEnumerable<ChatResponse> told) =>
        [.. told.Where(response => response.Attached is not null).Select(response => response.Attached.ResumeOutcome)];

    private static List<string> Told(IEnumerable<ChatResponse> told) => [.. told.Where(response => response.Sequence > 0).Select(Shape)];

    /// <summary>An event without what differs from one run to the next.</summary>
    private static string Shape(ChatResponse told)
    {
        var shape = told.Clone();
        shape.EventTime = null;
        if (shape.TurnEnded is { } ended) ended.FirstAnswerLatency = null;
        if (shape.SessionChanged is { } changed) changed.Session = new Session { State = changed.Session.State };
        return shape.ToString();
    }
}
