using Akool.Avatar.V1;
using Akool.Testing;

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
    public async Task An_observer_that_is_cut_at_any_event_and_resumes_has_the_uncut_conversation()
    {
        await using var chat = await ChatFixture.StartAsync();
        var uncut = Told((await Conversation.RunAsync(chat)).Observer);

        var cut = await Task.WhenAll(Enumerable.Range(1, uncut.Count + 1).Select(k => Conversation.RunAsync(chat, cutObserver: k)));

        Assert.True(uncut.Count > 20, $"the conversation has {uncut.Count} events");
        Assert.All(cut, run => Assert.Equal(uncut, Told(run.Observer)));
    }

    [Fact]
    public async Task An_observer_that_comes_back_too_late_has_a_gap_for_exactly_what_it_lacks()
    {
        await using var chat = await ChatFixture.StartAsync(settings: ("Chat:ResumeBytes", "1500"));
        var uncut = (await Conversation.RunAsync(chat)).Observer.Where(told => told.Sequence > 0).ToDictionary(told => told.Sequence, Shape);

        var cut = await Task.WhenAll(Enumerable.Range(1, uncut.Count + 1).Select(k => Conversation.RunAsync(chat, cutObserver: k, staysAway: true)));

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

    /// <summary>What a talker and an observer of a session were told.</summary>
    private sealed record Conversation(IReadOnlyList<ChatResponse> Talker, IReadOnlyList<ChatResponse> Observer)
    {
        public static async Task<Conversation> RunAsync(ChatFixture chat, int cutTalker = 0, int cutObserver = 0, bool staysAway = false)
        {
            var session = await chat.CreateAsync();
            await using var talker = await chat.AttachAsync(session, cutAfter: cutTalker);
            await using var other = await chat.AttachAsync(session);
            await using var observer = await chat.AttachAsync(session, TurnVisibility.All, cutObserver, staysAway);

            await TalkAsync(chat, session, talker, other);
            if (staysAway)
            {
                await observer.CutAsync();
                await observer.ResumeAsync();
            }
            else await observer.EndedAsync("last");
            await observer.PingAsync();
            await talker.PingAsync();
            return new(talker.Log, observer.Log);
        }

        // Each step waits for what it brings about, so that the events of all runs are the same.
        private static async Task TalkAsync(ChatFixture chat, Session session, ChatClient talker, ChatClient other)
        {
            await talker.SendAsync(new Turn { TurnId = "one", Text = "first words" });
            await talker.EndedAsync("one");
            await TalkInPartsAsync(chat, session, other);
            await talker.SendAsync(new Turn { TurnId = "refused" });
            await talker.ToldAsync(told => told.TurnRejected is not null);
            await talker.SendAsync(new Turn { TurnId = "one", Text = "first words" });
            await talker.ToldAsync(told => told.TurnAccepted?.Duplicate == true);

            chat.Akool.HoldAnswers(session.UpstreamSessionId);
            await talker.SendAsync(new Turn { TurnId = "stopped", Text = "never mind" });
            await chat.Akool.Journal.FrameReceivedAsync(4, session.UpstreamSessionId).WaitAsync(TestLimits.Hang);
            await talker.ToldAsync(told => told.TurnAccepted is not null && told.TurnId == "stopped");
            await talker.InterruptAsync("stopped");
            await talker.ToldAsync(told => told.SessionChanged?.Session.State == Session.Types.State.Paused);
            chat.Akool.ReleaseAnswers(session.UpstreamSessionId);

            foreach (var turn in (string[])["two", "three", "last"])
            {
                await talker.SendAsync(new Turn { TurnId = turn, Text = $"{turn} and more" });
                await talker.EndedAsync(turn);
            }
        }

        private static async Task TalkInPartsAsync(ChatFixture chat, Session session, ChatClient client)
        {
            chat.Akool.HoldAnswers(session.UpstreamSessionId);
            await client.SendAsync(new Turn { TurnId = "parts", Text = "some ", MoreFollows = true });
            await client.SendAsync(new Turn { TurnId = "parts", Text = "text", PartIndex = 1 });
            await client.PingAsync();
            await chat.Akool.Journal.FrameReceivedAsync(3, session.UpstreamSessionId).WaitAsync(TestLimits.Hang);
            chat.Akool.ReleaseAnswers(session.UpstreamSessionId);
            await client.EndedAsync("parts");
        }
    }
}
