using System.Text.Json.Nodes;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Tests.Rest;

public sealed class ConversationTests
{
    [Fact]
    public async Task A_session_is_created_talked_with_paused_and_closed()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var anonymous = new Caller(akool, token: null);
        var issued = await anonymous.CallAsync(RestOperation.GetToken, body: new JsonObject { ["clientId"] = "emulator-client", ["clientSecret"] = "emulator-secret" });
        using var caller = new Caller(akool, (string)issued["token"]!);

        var room = await caller.CreateAsync();
        Assert.Equal(2, (int)(await caller.CallAsync(RestOperation.SessionDetail, $"?id={room.Id}"))["data"]!["status"]!);
        using var talk = await room.OpenAsync();
        await talk.SayAsync("Good morning, world");
        Assert.Equal("Good morning, world", await talk.ReadAnswersAsync(2));
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.PauseSession, body: new JsonObject { ["id"] = room.Id }));
        await talk.SayAsync("On we go", id: "msg-2");
        Assert.Equal("On we go", await talk.ReadAnswersAsync(2));
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.CloseSession, body: new JsonObject { ["id"] = room.Id }));

        Assert.Null(await talk.ReadTextAsync());
        Assert.Empty(akool.Ledger.Open);
        Assert.Equal(2, akool.Journal.Of(JournalKind.FrameReceived, room.Id).Count);
        Assert.Equal(4, akool.Journal.Of(JournalKind.FrameSent, room.Id).Count);
    }
}
