using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;

namespace Akool.Gateway.Tests.Chat;

/// <summary>Chat rooms that do not open.</summary>
public sealed class HandshakeFaultTests
{
    // Sessions' log event for a room that was not opened, with its reason.
    private const int RoomNotOpened = 1007;

    [Theory]
    [InlineData(429, "UpstreamUnavailable", "HTTP 429")]
    [InlineData(500, "UpstreamUnavailable", "HTTP 500")]
    [InlineData(503, "UpstreamUnavailable", "HTTP 503")]
    public async Task A_room_that_is_busy_is_asked_again_and_the_turn_waits(int status, string code, string reason)
    {
        await using var chat = await ChatFixture.StartAsync();
        chat.Script.RefuseHandshake(status, count: 2);

        var outcome = await TalkAsync(chat);

        Assert.Equal(TurnOutcome.Completed, outcome);
        Assert.Equal(2, chat.Akool.Journal.Of(JournalKind.SocketRefused).Count);
        AssertReason(chat, 2, code, reason);
    }

    [Theory]
    [InlineData(BadHandshake.Garbage)]
    [InlineData(BadHandshake.WrongAccept)]
    [InlineData(BadHandshake.Reset)]
    public async Task A_room_that_speaks_no_websocket_is_asked_again_and_the_turn_waits(BadHandshake handshake)
    {
        await using var chat = await ChatFixture.StartAsync();
        chat.Script.RefuseHandshake(handshake);

        var outcome = await TalkAsync(chat);

        Assert.Equal(TurnOutcome.Completed, outcome);
        AssertReason(chat, 1, "UpstreamUnavailable", "the chat room");
    }

    [Fact]
    public async Task A_room_that_says_nothing_is_given_up_after_5_seconds_and_asked_again()
    {
        await using var chat = await ChatFixture.StartAsync();
        chat.Script.RefuseHandshake(BadHandshake.Nothing);

        var outcome = await TalkAsync(chat);

        var waited = chat.Akool.Journal.Of(JournalKind.SocketOpened)[0].At - chat.Akool.Journal.Of(JournalKind.SocketRefused)[0].At;
        Assert.Equal(TurnOutcome.Completed, outcome);
        // The limit counts from the dial, a moment before the journal. Upwards there are 0.5 s before the next try, and 9.5 s for a busy machine.
        Assert.InRange(waited, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15));
        AssertReason(chat, 1, "UpstreamUnavailable", "cannot be reached");
    }

    [Theory]
    [InlineData(401, "HTTP 401")]
    [InlineData(403, "HTTP 403")]
    [InlineData(404, "HTTP 404")]
    public async Task A_room_that_refuses_us_is_not_asked_again_and_its_session_is_closed(int status, string reason)
    {
        await using var chat = await ChatFixture.StartAsync();
        chat.Script.RefuseHandshake(status, count: 0);
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);

        await client.SayAsync("t", "hello");
        var told = await client.ToldAsync(response => response.TurnEnded is not null || response.TurnRejected is not null);

        Assert.Null(await client.EndAsync());
        Assert.True(told.TurnEnded?.Outcome == TurnOutcome.NotSent || told.TurnRejected?.Problem.Reason == ErrorReason.SessionNotActive, told.ToString());
        Assert.Equal(CloseReason.UpstreamFailed, client.Log[^1].SessionChanged.Session.CloseReason);
        Assert.Single(chat.Akool.Journal.Of(JournalKind.SocketRefused));
        Assert.Empty(chat.Akool.Journal.Of(JournalKind.FrameReceived));
        Assert.Empty(chat.Akool.Ledger.Open);
        AssertReason(chat, 1, "UpstreamRejected", reason);
        Assert.DoesNotContain(client.Log, response => IsSecret(response.ToString()));
    }

    private static async Task<TurnOutcome> TalkAsync(ChatFixture chat)
    {
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        await client.SayAsync("t", "hello");
        return (await client.EndedAsync("t")).TurnEnded.Outcome;
    }

    private static void AssertReason(ChatFixture chat, int count, string code, string reason)
    {
        var lines = chat.Host.Log.Lines.Where(line => line.EventId == RoomNotOpened).ToList();
        Assert.Equal(count, lines.Count);
        Assert.All(lines, line => Assert.Contains(code, line.Message, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains(reason, line.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(chat.Host.Log.Lines, line => IsSecret(line.Message) || IsSecret(line.Exception ?? ""));
    }

    // The room's URL, which is all that it takes to join it, and the account's token.
    private static bool IsSecret(string text) =>
        text.Contains(".chat", StringComparison.Ordinal) || text.Contains(new EmulatorOptions().Token, StringComparison.Ordinal);
}
