using Akool.Avatar.V1;
using Akool.Emulator.Faults;

namespace Akool.Gateway.Tests.Chat;

/// <summary>Answers that are not as they should be: each turn has two, and the first meets the fault.</summary>
public sealed class StrayAnswerTests
{
    private static readonly (string First, string Second) Pieces = ("left ", "right");

    [Theory]
    [InlineData(FaultKind.UnknownType)]
    [InlineData(FaultKind.MissingId)]
    [InlineData(FaultKind.ForeignId)]
    [InlineData(FaultKind.Corrupt)]
    [InlineData(FaultKind.SwapSessions)]
    public async Task An_answer_that_belongs_to_no_turn_of_the_session_is_counted_and_told_to_nobody(FaultKind kind)
    {
        await using var chat = await ChatFixture.StartAsync();
        using var unmatched = new MeterReading(chat, "akool.upstream.frame.unmatched");

        var (told, others) = await TalkAsync(chat, kind);

        Assert.Equal([(0, Pieces.Second)], told);
        Assert.Empty(others);
        Assert.Equal(1, unmatched.Sum);
    }

    [Fact]
    public async Task An_answer_whose_payload_is_an_object_is_read_all_the_same()
    {
        await using var chat = await ChatFixture.StartAsync();

        var (told, others) = await TalkAsync(chat, FaultKind.PayloadObject);

        Assert.Equal([(0, Pieces.First), (1, Pieces.Second)], told);
        Assert.Empty(others);
    }

    [Fact]
    public async Task An_answer_that_is_lost_leaves_the_others_without_a_hole()
    {
        await using var chat = await ChatFixture.StartAsync();

        var (told, others) = await TalkAsync(chat, FaultKind.LoseAnswer);

        Assert.Equal([(0, Pieces.Second)], told);
        Assert.Empty(others);
    }

    [Fact]
    public async Task An_answer_that_comes_twice_is_told_as_AKOOL_sent_it_and_to_its_turn_alone()
    {
        await using var chat = await ChatFixture.StartAsync();

        var (told, others) = await TalkAsync(chat, FaultKind.Duplicate);

        Assert.Equal([(0, Pieces.First), (1, Pieces.First), (2, Pieces.Second)], told);
        Assert.Empty(others);
    }

    [Fact]
    public async Task An_answer_that_comes_after_its_turns_end_is_told_to_nobody()
    {
        await using var chat = await ChatFixture.StartAsync();
        using var unmatched = new MeterReading(chat, "akool.upstream.frame.unmatched");

        var (told, others) = await TalkAsync(chat, FaultKind.Reorder);

        Assert.Equal([(0, Pieces.Second)], told);
        Assert.Empty(others);
        Assert.Equal(1, unmatched.Sum);
    }

    /// <summary>A turn whose first answer meets the fault, beside a session and a stream that say nothing; gives its answers and what the others were told.</summary>
    private static async Task<(List<(int Index, string Text)> Told, List<ChatResponse> Others)> TalkAsync(ChatFixture chat, FaultKind kind)
    {
        var (session, neighbour) = (await chat.CreateAsync(), await chat.CreateAsync());
        await using var client = await chat.AttachAsync(session);
        await using var beside = await chat.AttachAsync(session);
        await using var elsewhere = await chat.AttachAsync(neighbour, TurnVisibility.All);
        await chat.Akool.Journal.SocketOpenedAsync(2).WaitAsync(ChatFixture.Hang);
        chat.Script.OnAnswer(kind, session.UpstreamSessionId);

        await client.SayAsync("t", Pieces.First + Pieces.Second);
        var ended = await client.EndedAsync("t");
        // What was on its way before these turns has come when they have ended.
        await client.SayAsync("fence", "fence");
        await client.EndedAsync("fence");
        await elsewhere.SayAsync("fence", "fence");
        await elsewhere.EndedAsync("fence");

        var told = client.Log.Where(response => response.Answer is not null && response.TurnId == "t").Select(response => (response.Answer.Index, response.Answer.Text)).ToList();
        Assert.Equal((TurnOutcome.Completed, told.Count), (ended.TurnEnded.Outcome, ended.TurnEnded.AnswerCount));
        return (told, [.. beside.Log.Concat(elsewhere.Log).Where(response => response.Answer is not null && response.TurnId != "fence")]);
    }
}
