using Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Chat;

/// <summary>What a talker and an observer of a session were told in a conversation that is the same each time, wherever one of them was cut.</summary>
internal sealed record Conversation(IReadOnlyList<ChatResponse> Talker, IReadOnlyList<ChatResponse> Observer)
{
    public static async Task<Conversation> RunAsync(ChatFixture chat, int cutTalker = 0, int cutObserver = 0)
    {
        var session = await chat.CreateAsync();
        await using var talker = await chat.AttachAsync(session, cutAfter: cutTalker);
        await using var other = await chat.AttachAsync(session);
        await using var observer = await chat.AttachAsync(session, TurnVisibility.All, cutObserver);

        await TalkAsync(chat, session, talker, other);
        await observer.EndedAsync("last");
        await observer.PingAsync();
        await talker.PingAsync();
        return new(talker.Log, observer.Log);
    }

    // Each step waits for the last event that it brings about, so that the events of all runs are the same and no request meets a stream that cuts itself.
    private static async Task TalkAsync(ChatFixture chat, Session session, ChatClient talker, ChatClient other)
    {
        await talker.SayAsync("one", "first words");
        await talker.EndedAsync("one");
        await TalkInPartsAsync(chat, session, other);
        await talker.SendAsync(new Turn { TurnId = "refused" });
        await talker.RejectedAsync("refused");
        await talker.SayAsync("one", "first words");
        await talker.ToldAsync(told => told.TurnAccepted?.Duplicate == true);

        chat.Akool.HoldAnswers(session.UpstreamSessionId);
        await talker.SayAsync("stopped", "never mind");
        await chat.Akool.Journal.FrameReceivedAsync(4, session.UpstreamSessionId).WaitAsync(ChatFixture.Hang);
        await talker.ToldAsync(told => told.TurnAccepted is not null && told.TurnId == "stopped");
        await talker.InterruptAsync("stopped");
        await talker.ToldAsync(told => told.SessionChanged?.Session.State == Session.Types.State.Paused);
        chat.Akool.ReleaseAnswers(session.UpstreamSessionId);

        foreach (var turn in (string[])["two", "three", "last"])
        {
            await talker.SayAsync(turn, $"{turn} and more");
            await talker.EndedAsync(turn);
        }
    }

    private static async Task TalkInPartsAsync(ChatFixture chat, Session session, ChatClient client)
    {
        chat.Akool.HoldAnswers(session.UpstreamSessionId);
        await client.SendAsync(new Turn { TurnId = "parts", Text = "some ", MoreFollows = true });
        await client.SendAsync(new Turn { TurnId = "parts", Text = "text", PartIndex = 1 });
        await client.PingAsync();
        await chat.Akool.Journal.FrameReceivedAsync(3, session.UpstreamSessionId).WaitAsync(ChatFixture.Hang);
        chat.Akool.ReleaseAnswers(session.UpstreamSessionId);
        await client.EndedAsync("parts");
    }
}
