using System.Text.Json.Nodes;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Rest;

public sealed class AkoolApiTests
{
    [Fact]
    public async Task Create_sends_what_is_set_and_reads_the_documented_answer()
    {
        using var akool = new StubAkool();
        akool.Answers(Fixtures.Text("A-v3-websocket/create-response.json"));

        var created = await akool.Api.CreateAsync(Fixtures.Config with { BackgroundUrl = "https://x.example/b.png" }, default);

        var session = created.Value;
        Assert.Equal(new UpstreamId("6698c9d69cf7b0d61d1b6420"), session.Id);
        Assert.Equal(UpstreamStatus.Queueing, session.Status);
        Assert.Equal("https://stream-open-test.akool.io:8443/final_openapi_live/20240718075254093_8898.flv", session.Media!.FlvUrl);
        Assert.Null(session.Media.Agora);
        Assert.Equal("wss://stream-open-test.akool.io:8443/final_20240718075254093_8898/client_8898.chat", session.Room!.ClientUrl);
        Assert.Equal("wss://stream-open-test.akool.io:8443/final_20240718075254093_8898/server_8898.chat", session.Room.ServerUrl);
        var sent = Assert.Single(akool.Seen);
        Assert.Equal(("POST", "/api/open/v3/liveAvatar/session/create", "token-1"), (sent.Method, sent.Path, sent.Token));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"avatar_id":"Kai_1080P_back","background_url":"https://x.example/b.png"}"""), JsonNode.Parse(sent.Body)));
    }

    [Fact]
    public async Task Create_for_agora_asks_for_it_and_gives_the_channel()
    {
        using var akool = new StubAkool();
        var answer = JsonNode.Parse(Fixtures.Text("A-v3-websocket/create-response.json"))!;
        foreach (var name in new[] { "agora_app_id", "agora_channel", "agora_token" }) answer["data"]!["stream_urls"]![name] = name + "-1";
        akool.Answers(answer.ToJsonString());

        var created = await akool.Api.CreateAsync(Fixtures.Config with { Transport = MediaTransport.Agora }, default);

        Assert.Equal(new Media(null, new("agora_app_id-1", "agora_channel-1", "agora_token-1", 100010)), created.Value.Media);
        Assert.Equal("agora", (string?)JsonNode.Parse(akool.Seen.Single().Body)!["stream_type"]);
    }

    [Fact]
    public async Task Agora_fields_that_are_empty_are_no_channel()
    {
        using var akool = new StubAkool();
        akool.Answers($$"""{"code":1000,"data":{{Fixtures.Text("A-v3-websocket/create-response-data-example.agora-variant.json")}}}""");

        var created = await akool.Api.CreateAsync(Fixtures.Config with { Transport = MediaTransport.Agora }, default);

        Assert.Null(created.Value.Media!.Agora);
        Assert.NotNull(created.Value.Media.FlvUrl);
    }

    [Fact]
    public async Task Detail_reads_the_documented_answer_which_has_no_room()
    {
        using var akool = new StubAkool();
        akool.Answers(Fixtures.Text("A-v3-websocket/detail-response.json"));

        var detail = await akool.Api.DetailAsync(new("6698 &/"), default);

        Assert.Equal(UpstreamStatus.Completed, detail.Value.Status);
        Assert.Null(detail.Value.Room);
        Assert.Equal(("GET", "?id=6698%20%26%2F"), (akool.Seen.Single().Method, akool.Seen.Single().Query));
    }

    [Theory]
    [InlineData("\"2\"", UpstreamStatus.Processing)]
    [InlineData("4", UpstreamStatus.Failed)]
    [InlineData("0", UpstreamStatus.Unknown)]
    [InlineData("99", UpstreamStatus.Unknown)]
    [InlineData("1e99", UpstreamStatus.Unknown)]
    [InlineData("-1", UpstreamStatus.Unknown)]
    [InlineData("null", UpstreamStatus.Unknown)]
    [InlineData("{}", UpstreamStatus.Unknown)]
    public async Task An_odd_status_is_unknown_and_no_error(string status, UpstreamStatus expected)
    {
        using var akool = new StubAkool();
        akool.Answers($$$"""{"code":1000,"data":{"_id":"6698","status":{{{status}}}}}""");

        Assert.Equal(expected, (await akool.Api.DetailAsync(new("6698"), default)).Value.Status);
    }

    [Fact]
    public async Task Close_and_pause_need_no_data()
    {
        using var akool = new StubAkool();
        akool.Answers(Fixtures.Text("A-v3-websocket/close-response.json"));

        Assert.True((await akool.Api.CloseAsync(new("6698"), default)).IsOk);
        Assert.True((await akool.Api.PauseAsync(new("6698"), default)).IsOk);

        Assert.Equal(["/api/open/v3/liveAvatar/session/close", "/api/open/v3/liveAvatar/session/pause"], akool.Seen.Select(seen => seen.Path));
        Assert.All(akool.Seen, seen => Assert.Equal("""{"id":"6698"}""", seen.Body));
    }

    [Fact]
    public async Task List_reads_the_documented_answer()
    {
        using var akool = new StubAkool();
        akool.Answers(Fixtures.Text("A-v3-websocket/list-response.json"));

        var page = await akool.Api.ListAsync(2, 50, UpstreamStatus.Queueing, default);

        Assert.Equal(18, page.Value.Total);
        Assert.Equal("666d3006247f07725af0f884", Assert.Single(page.Value.Sessions).Id.Value);
        Assert.Equal("?page=2&size=50&status=1", akool.Seen.Single().Query);
    }

    [Theory]
    [InlineData("""{"count":1,"data":[{"_id":"a"}]}""", 1)]
    [InlineData("""[{"_id":"a"}]""", null)]
    [InlineData("""{"result":[{"_id":"a"},{"status":1},5,null]}""", null)]
    public async Task A_list_comes_in_three_shapes_and_what_has_no_id_is_passed_over(string data, int? total)
    {
        using var akool = new StubAkool();
        akool.Answers($$"""{"code":1000,"data":{{data}}}""");

        var page = await akool.Api.ListAsync(1, 10, null, default);

        Assert.Equal("a", Assert.Single(page.Value.Sessions).Id.Value);
        Assert.Equal(total, page.Value.Total);
    }

    [Fact]
    public async Task The_catalogue_reads_the_documented_answers()
    {
        using var akool = new StubAkool();
        akool.Answers(Fixtures.Text("rest-common/v3-avatar-list-response.json"));
        var avatars = await akool.Api.ListAvatarsAsync(default);
        akool.Answers(Fixtures.Text("rest-common/v3-avatar-detail-response.json"));
        var avatar = await akool.Api.GetAvatarAsync("66a1a02d591ad336275eda62", default);
        akool.Answers(Fixtures.Text("rest-common/v3-voice-list-response.json"));
        var voices = await akool.Api.ListVoicesAsync(default);
        akool.Answers("""{"code":1000,"msg":"OK","data":{"lang_list":[{"lang_code":"en","lang_name":"English","url":"https://x"}]}}""");
        var languages = await akool.Api.ListLanguagesAsync(default);

        Assert.Equal(("Yasmin_in_White_shirt_20231121", "655ffeada6976ea317087193"), Assert.Single(avatars.Value) is var first ? (first.AvatarId, first.RecordId) : default);
        Assert.Equal(AvatarState.Ready, avatar.Value.State);
        Assert.Equal(new Voice("piTKgcLEGmPE4e6mEKli", "Nicole", "Female", "american", Assert.Single(voices.Value).PreviewUrl), voices.Value[0]);
        Assert.Equal(new Language("en", "English"), Assert.Single(languages.Value));
    }

    [Fact]
    public async Task Avatars_are_read_page_by_page_until_one_brings_nothing_new()
    {
        using var akool = new StubAkool();
        akool.Answer = (seen, _) => Task.FromResult(StubAkool.Reply(PageOfAvatars(seen.Query.Contains("page=1&", StringComparison.Ordinal) ? 0 : 100)));

        var avatars = await akool.Api.ListAvatarsAsync(default);

        Assert.Equal(200, avatars.Value.Count);
        Assert.Equal(3, akool.Seen.Count);
    }

    [Fact]
    public async Task An_avatar_that_is_not_there_is_not_found()
    {
        using var akool = new StubAkool();
        akool.Answers("""{"code":1000,"data":[]}""");

        Assert.Equal(SessionErrorCode.CatalogItemNotFound, (await akool.Api.GetAvatarAsync("x", default)).Error!.Code);
    }

    [Fact]
    public async Task Create_avatar_sends_what_the_documentation_shows()
    {
        using var akool = new StubAkool();
        akool.Answers(Fixtures.Text("rest-common/v3-avatar-create-response.json"));

        var made = await akool.Api.CreateAvatarAsync(new("Yasmin1", "https://x.example/v.mp4", "Yasmin", FromVideoSite: true), default);

        Assert.Equal("655ffeada6976ea317087193", made.Value.RecordId);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"url":"https://x.example/v.mp4","avatar_id":"Yasmin1","name":"Yasmin","type":"2","url_from":2}"""), JsonNode.Parse(akool.Seen.Single().Body)));
    }

    private static string PageOfAvatars(int from) =>
        $$"""{"code":1000,"data":[{{string.Join(',', Enumerable.Range(from, 100).Select(n => $$"""{"_id":"r{{n}}","avatar_id":"a{{n}}"}"""))}}]}""";
}
