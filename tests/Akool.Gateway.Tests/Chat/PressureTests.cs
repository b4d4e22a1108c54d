using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;

namespace Akool.Gateway.Tests.Chat;

/// <summary>More than fits, in either direction.</summary>
public sealed class PressureTests
{
    [Fact]
    public async Task A_flood_to_one_session_comes_in_order_and_bounded_and_others_go_on()
    {
        const int Frames = 10_000, OutboxBytes = 64 * 1024;
        await using var chat = await ChatFixture.StartAsync(
            ChatFixture.Marking(new EmulatorOptions { AnswersPerTurn = 1 }), null, ("Chat:MaxOutboxBytes", $"{OutboxBytes}"));
        var (session, neighbour) = (await chat.CreateAsync(), await chat.CreateAsync());
        await using var client = await ChatClient.AttachAsync(chat.Host.Chat, new Attach { Session = session.Name, SlowConsumerPolicy = SlowConsumerPolicy.DropAnswers });
        await using var other = await chat.AttachAsync(neighbour);
        chat.Script.Flood(Frames, framesPerSecond: 10_000, session.UpstreamSessionId);

        await client.SayAsync("flood", "hello");
        var (flooded, turns, most) = (chat.Akool.Journal.FrameSentAsync(Frames, session.UpstreamSessionId), 0, 0L);
        while (!flooded.IsCompleted)
        {
            await other.SayAsync($"{++turns}", "hello");
            await other.EndedAsync($"{turns}");
            most = Math.Max(most, chat.OutboxBytes);
        }

        // The flood marks no end. What came before this turn's answer has been told when it is.
        await client.SayAsync("fence", "fence");
        await client.EndedAsync("fence");
        await client.InterruptAsync("flood");

        Assert.Equal(Frames, (await client.EndedAsync("flood")).TurnEnded.AnswerCount);
        AssertWholeButForGaps(client);
        Assert.InRange(most, 0, 2 * OutboxBytes);
        Assert.Equal(turns, other.Log.Count(told => told.TurnEnded?.Outcome == TurnOutcome.Completed));
        Assert.DoesNotContain(other.Log, told => told.Gap is not null);
    }

    [Fact]
    public async Task A_peer_that_stops_reading_holds_the_client_up_then_its_turns_are_refused()
    {
        await using var chat = await ChatFixture.StartAsync(
            new EmulatorOptions(), null, ("Chat:MaxOpenTurns", "10000"), ("Chat:MaxQueuedBytes", $"{128 * 1024}"), ("Chat:AnswerTimeout", "00:05:00"));
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        chat.Script.StopReading(afterFrames: 1, session.UpstreamSessionId);
        var text = new string('x', 16 * 1024);
        var given = 1;
        await client.SayAsync($"{given}", text);
        await chat.Akool.Journal.FrameReceivedAsync(); // without a socket nothing is held up: what does not fit is refused at once

        // Refused twice with none taken in between: the socket has stood still for long, and does not take what waits behind it before the close.
        var refusals = 0;
        var rejected = client.ToldAsync(told =>
        {
            if (told.TurnAccepted is not null) refusals = 0;
            return told.TurnRejected is not null && ++refusals == 2;
        });
        for (var sending = Task.CompletedTask; !rejected.IsCompleted; await Task.WhenAny(sending, rejected))
            if (sending.IsCompleted) sending = client.Call.SendAsync(new ChatRequest { Turn = new Turn { TurnId = $"{++given}", Text = text } });
        var refused = (await rejected).TurnRejected.Problem;
        var taken = client.Log.Count(told => told.TurnAccepted is not null);
        await chat.CloseAsync(session);
        await client.EndAsync();

        Assert.Equal(ErrorReason.TurnQueueFull, refused.Reason);
        Assert.NotNull(refused.RetryAfter);
        // What the client could not hand over: its own queue is full, and so is what lies between.
        Assert.True(given - taken >= ChatCall.MostQueued, $"{given} turns given, {taken} taken");
        AssertOutcomes(client, chat.Akool.Journal);
    }

    private static void AssertWholeButForGaps(ChatClient client)
    {
        var (sequence, index) = (0L, -1);
        foreach (var told in client.Log.Where(told => told.Sequence > 0))
        {
            Assert.Equal(sequence + 1, told.Gap?.FirstSequence ?? told.Sequence);
            sequence = told.Gap?.LastSequence ?? told.Sequence;
            if (told.Answer is null || told.TurnId != "flood") continue;
            Assert.True(told.Answer.Index > index);
            index = told.Answer.Index;
            Assert.Equal($"{index + 1} ", told.Answer.Text);
        }
    }

    // Every turn that was taken ended once: UNKNOWN where it was handed to the socket, NOT_SENT where it waited behind.
    private static void AssertOutcomes(ChatClient client, Journal journal)
    {
        var taken = client.Log.Where(told => told.TurnAccepted is not null).Select(told => told.TurnId).ToList();
        var ended = client.Log.Where(told => told.TurnEnded is not null).ToLookup(told => told.TurnEnded.Outcome, told => told.TurnId);
        Assert.Equal([TurnOutcome.NotSent, TurnOutcome.Unknown], ended.Select(outcome => outcome.Key).Order());
        Assert.Equal(taken.Order(), ended.SelectMany(outcome => outcome).Order());
        Assert.Single(journal.Of(JournalKind.FrameReceived)); // the first, with which the peer left off
        Assert.Contains("1", ended[TurnOutcome.Unknown]);
    }
}
