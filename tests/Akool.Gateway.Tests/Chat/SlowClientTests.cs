using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Grpc.Core;
using static Akool.Gateway.Tests.Life.SessionServiceTests;

namespace Akool.Gateway.Tests.Chat;

/// <summary>Clients that do not read. What waits for them is judged by the gateway's own count; how fast the others are is the bench's matter.</summary>
public sealed class SlowClientTests
{
    private const int Sessions = 10, Others = 199, TurnsEach = 3, TurnsBeside = 120, OutboxBytes = 32 * 1024;

    private static readonly string Text = new('x', 2 * 1024);

    [Theory]
    [InlineData(SlowConsumerPolicy.Disconnect)]
    [InlineData(SlowConsumerPolicy.DropAnswers)]
    public async Task One_client_that_does_not_read_among_200_costs_a_bounded_memory_and_nobody_else_anything(SlowConsumerPolicy policy)
    {
        await using var chat = await ChatFixture.StartAsync(("Chat:MaxOutboxBytes", $"{OutboxBytes}"), ("Chat:ResumeBytes", $"{16 << 20}"));
        var sessions = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => chat.CreateAsync()));
        var drops = policy == SlowConsumerPolicy.DropAnswers; // its own turns; the other one watches those of all
        await using var slow = await ChatClient.AttachAsync(
            chat.Host.Chat, new Attach { Session = sessions[0].Name, Visibility = drops ? TurnVisibility.Own : TurnVisibility.All, SlowConsumerPolicy = policy });
        slow.Call.StopReading();
        var others = await Task.WhenAll(Enumerable.Range(0, Others).Select(i => chat.AttachAsync(sessions[i % sessions.Length])));

        var most = 0L;
        for (var turn = 0; turn < TurnsBeside; turn++)
        {
            if (drops) await slow.SayAsync($"t{turn}", Text);
            await TalkAsync(others[0], turn); // on the same socket: what came for the slow one came before
            most = Math.Max(most, chat.OutboxBytes);
            if (turn < TurnsEach) await Task.WhenAll(others.Skip(1).Select(other => TalkAsync(other, turn)));
        }
        slow.Call.ReadOn();

        // Nothing else waits while one talks: twice the bound is what DROP_ANSWERS may keep for outcomes, the event beyond it the one that is being written.
        Assert.InRange(most, drops ? OutboxBytes / 2 : 0, 2 * OutboxBytes + 3 * Text.Length);
        Assert.All(others, other => Assert.False(other.Call.Ended.IsCompleted));
        if (drops) await IsToldWhatItLacksAsync(slow);
        else await LosesItsStreamAndResumesAsync(slow);
        foreach (var other in others) await other.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_never_reads_does_not_keep_its_stream_after_its_end()
    {
        var ends = new CallEnds();
        await using var chat = await ChatFixture.StartAsync(new EmulatorOptions { AnswersPerTurn = 1 }, ends.AddTo, ("Chat:MaxOutboxBytes", $"{64 << 20}"));
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        client.Call.StopReading();
        await using var observer = await chat.AttachAsync(session, TurnVisibility.All);
        // More than HTTP/2's windows and the server's buffers take.
        const int Frames = 20_000;
        chat.Script.Flood(Frames, framesPerSecond: 1_000_000);
        await client.SayAsync("t", Text);
        await observer.ToldAsync(told => told.Answer?.Index == Frames - 1);
        Assert.True(chat.OutboxBytes > Frames);

        await chat.CloseAsync(session);
        Assert.Null(await observer.EndAsync());

        // Five seconds for what it is owed, five more for the write that hangs.
        await ends.CountAsync(2).WaitAsync(ChatFixture.Hang);
        client.Call.ReadOn();
        Assert.NotNull(await client.EndAsync());
    }

    private static async Task TalkAsync(ChatClient client, int turn)
    {
        await client.SayAsync($"t{turn}", Text);
        Assert.Equal(TurnOutcome.Completed, (await client.EndedAsync($"t{turn}")).TurnEnded.Outcome);
    }

    private static async Task LosesItsStreamAndResumesAsync(ChatClient slow)
    {
        AssertRefused((await slow.EndAsync())!, StatusCode.ResourceExhausted, "SLOW_CONSUMER");
        Assert.Null(await slow.ResumeAsync());
        await slow.PingAsync();
        Assert.Equal(ResumeOutcome.Resumed, slow.Attached.ResumeOutcome);
        Assert.DoesNotContain(slow.Log, told => told.Gap is not null);
        AssertOutcomes(slow, TurnsBeside + (Others - 1) / Sessions * TurnsEach);
    }

    private static async Task IsToldWhatItLacksAsync(ChatClient slow)
    {
        await slow.PingAsync();
        var told = slow.Log.Where(response => response.Sequence > 0).ToList();
        Assert.Equal(told.Select(response => response.Sequence).Order(), told.Select(response => response.Sequence));
        AssertOutcomes(slow, TurnsBeside);
        // Its turns follow each other: what one lacks is named between the outcome of the one before and its own.
        var (answers, isNamed, lacking) = (0, false, 0);
        foreach (var response in told)
        {
            if (response.Answer is not null) answers++;
            isNamed |= response.Gap is not null;
            if (response.TurnEnded is not { } ended) continue;
            Assert.True(answers == ended.AnswerCount || isNamed, $"{response.TurnId} has {answers} of {ended.AnswerCount} answers");
            if (answers < ended.AnswerCount) lacking++;
            (answers, isNamed) = (0, false);
        }
        Assert.True(lacking > 0);
    }

    private static void AssertOutcomes(ChatClient slow, int turns)
    {
        var ended = slow.Log.Where(told => told.TurnEnded is not null).Select(told => (told.StreamId, told.TurnId)).ToList();
        Assert.Equal(ended.Distinct().Count(), ended.Count);
        Assert.Equal(turns, ended.Count);
    }
}
