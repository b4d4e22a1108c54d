using System.Text.Json.Nodes;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Tests.Rest;

public sealed class WireShapeTests
{
    [Fact]
    public async Task Create_takes_and_gives_what_the_documentation_shows()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { QueueingTime = TimeSpan.FromMinutes(1) });
        using var caller = new Caller(akool);

        var answer = await caller.CallAsync(RestOperation.CreateSession, body: Fixture.Read("A-v3-websocket/create-request.json"));

        Assert.Equal(Fixture.ShapeOf(Fixture.Read("A-v3-websocket/create-response.json")), Fixture.ShapeOf(answer));
        Assert.Equal(1, (int)answer["data"]!["status"]!);
        Assert.Equal("OK", (string)answer["msg"]!);
        var urls = answer["data"]!["stream_urls"]!;
        var stream = (string)answer["data"]!["stream_name"]!;
        Assert.Matches("^[0-9a-f]{24}$", (string)answer["data"]!["_id"]!);
        Assert.Matches("^[0-9]{17}_[0-9]+$", stream);
        Assert.EndsWith($"/final_openapi_live/{stream}.flv", (string)urls["client_pull_stream_url"]!, StringComparison.Ordinal);
        Assert.Equal($"ws://{akool.BaseUrl.Authority}/final_{stream}/client_{stream.Split('_')[1]}.chat", (string)urls["client_chat_room_url"]!);
        Assert.Equal($"ws://{akool.BaseUrl.Authority}/final_{stream}/server_{stream.Split('_')[1]}.chat", (string)urls["server_chat_room_url"]!);
    }

    [Fact]
    public async Task Create_with_agora_has_its_three_fields_beside_the_chat_rooms()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        var answer = await caller.CallAsync(RestOperation.CreateSession, body: new JsonObject { ["avatar_id"] = "Kai_1080P_back", ["stream_type"] = "agora" });

        var documented = Fixture.Read("A-v3-websocket/create-response-data-example.agora-variant.json")["stream_urls"];
        Assert.Equal(Fixture.ShapeOf(documented), Fixture.ShapeOf(answer["data"]!["stream_urls"]));
    }

    [Fact]
    public async Task Detail_pause_list_and_close_look_as_documented()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var id = (await caller.CreateAsync()).Id;

        var detail = await caller.CallAsync(RestOperation.SessionDetail, $"?id={id}");
        var list = await caller.CallAsync(RestOperation.SessionList, "?page=1&size=10&status=2");
        var pause = await caller.CallAsync(RestOperation.PauseSession, body: new JsonObject { ["id"] = id });
        var close = await caller.CallAsync(RestOperation.CloseSession, body: new JsonObject { ["id"] = id });

        Assert.Equal(Fixture.ShapeOf(Fixture.Read("A-v3-websocket/detail-response.json")), Fixture.ShapeOf(detail));
        Assert.Equal(Fixture.ShapeOf(Fixture.Read("A-v3-websocket/list-response.json")), Fixture.ShapeOf(list));
        Assert.Equal(Fixture.Read("A-v3-websocket/pause-response.json").ToJsonString(), pause.ToJsonString());
        Assert.Equal(Fixture.Read("A-v3-websocket/close-response.json").ToJsonString(), close.ToJsonString());
    }

    [Fact]
    public async Task GetToken_breaks_the_envelope_as_documented()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { ClientId = "64db241f6d9e5c4bd136c187", ClientSecret = "openapi.akool.com" });
        using var caller = new Caller(akool, token: null);

        var answer = await caller.CallAsync(RestOperation.GetToken, body: Fixture.Read("rest-common/getToken-request.json"));

        Assert.Equal(Fixture.ShapeOf(Fixture.Read("rest-common/getToken-response.json")), Fixture.ShapeOf(answer));
    }

    [Fact]
    public async Task Avatars_and_voices_look_as_documented()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        var made = await caller.CallAsync(RestOperation.AvatarCreate, body: new JsonObject { ["url"] = "https://x.example/me.mp4", ["avatar_id"] = "me", ["type"] = 2 });
        var list = await caller.CallAsync(RestOperation.AvatarList);
        var detail = await caller.CallAsync(RestOperation.AvatarDetail, $"?id={made["data"]![0]!["_id"]}");
        var voices = await caller.CallAsync(RestOperation.VoiceList, "?from=3");

        Assert.Equal(Fixture.ShapeOf(Fixture.Read("rest-common/v3-avatar-create-response.json")), Fixture.ShapeOf(made));
        Assert.Equal(Fixture.ShapeOf(Fixture.Read("rest-common/v3-avatar-list-response.json")), Fixture.ShapeOf(list));
        Assert.Equal(Fixture.ShapeOf(Fixture.Read("rest-common/v3-avatar-detail-response.json")), Fixture.ShapeOf(detail));
        Assert.Equal(Fixture.ShapeOf(Fixture.Read("rest-common/v3-voice-list-response.json")), Fixture.ShapeOf(voices));
    }

    [Fact]
    public async Task Languages_are_a_list_of_codes_and_names()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        var languages = (await caller.CallAsync(RestOperation.LanguageList))["data"]!["lang_list"]!.AsArray();

        Assert.Equal("{lang_code:String,lang_name:String,url:String}", Fixture.ShapeOf(languages[0]));
        Assert.Contains(languages, language => (string)language!["lang_code"]! == "en" && (string)language["lang_name"]! == "English");
    }

    [Theory]
    [InlineData("A-v3-websocket/DERIVED-ws-send-chat.wire.json", "A-v3-websocket/DERIVED-ws-receive-chat.wire.json")]
    [InlineData("A-v3-websocket/ws-send-chat.official-demo-shape.json", null)]
    public async Task The_documented_chat_frame_is_answered_with_the_documented_one(string sent, string? documented)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();

        await talk.SendAsync(Fixture.Text(sent).Replace("server_8898", room.ServerId, StringComparison.Ordinal));
        var frame = await talk.ReadFrameAsync();

        var payload = JsonNode.Parse((string)frame["payload"]!)!;
        Assert.Equal(room.ServerId, (string)frame["from"]!);
        Assert.Equal(room.ServerId.Replace("server", "client", StringComparison.Ordinal), (string)frame["to"]!);
        Assert.Equal("msg-1723629433573", (string)payload["message_id"]!);
        Assert.Equal("", (string)payload["question"]!);
        Assert.Equal("English", (string)payload["language"]!);
        if (documented is null)
        {
            Assert.Equal("", (string)payload["voice_url"]!);
            return;
        }
        Assert.Equal(Fixture.ShapeOf(Fixture.Read(documented)), Fixture.ShapeOf(frame));
        Assert.Equal(Fixture.ShapeOf(Fixture.Read("A-v3-websocket/ws-receive-chat.payload-as-object.json")["payload"]), Fixture.ShapeOf(payload));
    }

    [Fact]
    public async Task A_payload_that_is_an_object_is_no_chat_frame()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();

        await talk.SendAsync(Fixture.Text("A-v3-websocket/ws-send-chat.payload-as-object.json").Replace("server_8898", room.ServerId, StringComparison.Ordinal));
        await talk.SayAsync("heard", id: "next");

        Assert.Equal("next", (string)(await talk.ReadPayloadAsync())["message_id"]!);
        Assert.Single(akool.Journal.Of(JournalKind.FrameIgnored, room.Id));
    }
}
