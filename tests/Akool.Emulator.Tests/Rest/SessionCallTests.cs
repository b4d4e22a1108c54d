using System.Net;
using System.Text.Json.Nodes;
using Akool.Emulator.Rest;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Emulator.Tests.Rest;

public sealed class SessionCallTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_session_queues_for_the_set_time_and_then_is_processed()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { QueueingTime = TimeSpan.FromSeconds(5), Time = _time });
        using var caller = new Caller(akool);
        var id = (await caller.CreateAsync()).Id;

        var atOnce = await StatusAsync(caller, id);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        var soon = await StatusAsync(caller, id);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        var then = await StatusAsync(caller, id);
        await caller.CodeAsync(RestOperation.CloseSession, body: Id(id));

        Assert.Equal((1, 1, 2, 3), (atOnce, soon, then, await StatusAsync(caller, id)));
    }

    [Theory]
    [InlineData(1219)]
    [InlineData(1216)]
    [InlineData(1011)]
    [InlineData(1000)]
    public async Task A_second_close_answers_the_habits_code(int code)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { SecondCloseCode = code } });
        using var caller = new Caller(akool);
        var id = (await caller.CreateAsync()).Id;

        Assert.Equal(1000, await caller.CodeAsync(RestOperation.CloseSession, body: Id(id)));
        Assert.Equal(code, await caller.CodeAsync(RestOperation.CloseSession, body: Id(id)));
        Assert.Equal(1219, await caller.CodeAsync(RestOperation.PauseSession, body: Id(id)));
    }

    [Fact]
    public async Task What_is_not_there_is_1216_and_what_makes_no_sense_1003()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var nobody = Id("666d3006247f07725af0f884");

        Assert.Equal(1216, await caller.CodeAsync(RestOperation.CloseSession, body: nobody.DeepClone()));
        Assert.Equal(1216, await caller.CodeAsync(RestOperation.PauseSession, body: nobody.DeepClone()));
        Assert.Equal(1216, await caller.CodeAsync(RestOperation.SessionDetail, "?id=666d3006247f07725af0f884"));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.SessionDetail));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.CloseSession, body: new JsonObject()));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.CreateSession, body: new JsonObject()));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.CreateSession, body: new JsonObject { ["avatar_id"] = 7 }));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.CreateSession, body: new JsonObject { ["avatar_id"] = "a", ["stream_type"] = "rtmp" }));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.SessionList, "?page=0"));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.SessionList, "?size=101"));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.SessionList, "?status=x"));
        Assert.Empty(akool.Ledger.All);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"avatar_id":"\ud800"}""")]
    [InlineData("""{"avatar_id":"a","avatar_id":7}""")]
    [InlineData("""{"avatar_id":"a","background_url":7}""")]
    public async Task A_body_that_is_none_is_1003(string body)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        using var response = await caller.Http.PostAsync(RestPaths.Of(RestOperation.CreateSession), new StringContent(body), TestContext.Current.CancellationToken);

        Assert.Equal(1003, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["code"]!);
        Assert.Empty(akool.Ledger.All);
    }

    [Fact]
    public async Task The_list_pages_from_the_newest_and_filters_by_status()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add((await caller.CreateAsync()).Id);
        await caller.CodeAsync(RestOperation.CloseSession, body: Id(ids[4]));

        var second = (await caller.CallAsync(RestOperation.SessionList, "?page=2&size=2"))["data"]!;
        var live = (await caller.CallAsync(RestOperation.SessionList, "?status=2"))["data"]!;
        var ended = (await caller.CallAsync(RestOperation.SessionList, "?status=3"))["data"]!;

        Assert.Equal(5, (int)second["count"]!);
        Assert.Equal([ids[2], ids[1]], Ids(second));
        Assert.Equal([ids[3], ids[2], ids[1], ids[0]], Ids(live));
        Assert.Equal([ids[4]], Ids(ended));
    }

    [Fact]
    public async Task An_avatar_that_serves_its_fill_is_busy_until_a_session_ends()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { MaxConcurrentSessionsPerAvatar = 1 });
        using var caller = new Caller(akool);
        var first = (await caller.CreateAsync("Kai_1080P_back")).Id;
        await caller.CreateAsync("Katha_1080P_back");
        var again = new JsonObject { ["avatar_id"] = "Kai_1080P_back" };

        var refused = await caller.CallAsync(RestOperation.CreateSession, body: again.DeepClone());
        await caller.CodeAsync(RestOperation.CloseSession, body: Id(first));

        Assert.Equal(1215, (int)refused["code"]!);
        Assert.Contains("busy", (string)refused["msg"]!, StringComparison.Ordinal);
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.CreateSession, body: again.DeepClone()));
    }

    [Fact]
    public async Task Spent_credits_refuse_a_create_and_leave_the_rest()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Credits = 10, NoCreditCode = 1006, Time = _time });
        using var caller = new Caller(akool);
        var id = (await caller.CreateAsync()).Id;

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1006, await caller.CodeAsync(RestOperation.CreateSession, body: new JsonObject { ["avatar_id"] = "Kai_1080P_back" }));
        Assert.Equal(2, await StatusAsync(caller, id));
    }

    [Fact]
    public async Task Create_is_a_POST_and_nothing_else()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        using var response = await caller.SendAsync(RestOperation.CreateSession);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task A_custom_avatar_is_made_in_two_stages_and_serves_when_it_is_ready()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AvatarStageTime = TimeSpan.FromSeconds(30), Time = _time });
        using var caller = new Caller(akool);
        var made = await caller.CallAsync(RestOperation.AvatarCreate, body: new JsonObject { ["url"] = "https://x.example/me.mp4", ["avatar_id"] = "me" });
        var record = (string)made["data"]![0]!["_id"]!;
        var create = new JsonObject { ["avatar_id"] = "me" };

        var statuses = new List<int>();
        for (var stage = 0; stage < 3; stage++, _time.Advance(TimeSpan.FromSeconds(30)))
        {
            statuses.Add((int)(await caller.CallAsync(RestOperation.AvatarDetail, $"?id={record}"))["data"]![0]!["status"]!);
            if (stage == 1) Assert.Equal(1105, await caller.CodeAsync(RestOperation.CreateSession, body: create.DeepClone()));
        }

        Assert.Equal([1, 2, 3], statuses);
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.CreateSession, body: create.DeepClone()));
        Assert.Equal(1222, await caller.CodeAsync(RestOperation.AvatarCreate, body: new JsonObject { ["url"] = "https://x.example/me.mp4", ["avatar_id"] = "me" }));
        Assert.Equal(1008, await caller.CodeAsync(RestOperation.AvatarDetail, "?id=nobody"));
    }

    [Theory]
    [InlineData("?from=3", 3)]
    [InlineData("?from=4", 1)]
    [InlineData("", 3)]
    public async Task Voices_are_listed_by_where_they_come_from(string query, int count)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        Assert.Equal(count, (await caller.CallAsync(RestOperation.VoiceList, query))["data"]!.AsArray().Count);
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.VoiceList, "?from=9"));
    }

    private static JsonObject Id(string id) => new() { ["id"] = id };

    private static IEnumerable<string> Ids(JsonNode data) => data["result"]!.AsArray().Select(item => (string)item!["_id"]!);

    private static async Task<int> StatusAsync(Caller caller, string id) => (int)(await caller.CallAsync(RestOperation.SessionDetail, $"?id={id}"))["data"]!["status"]!;
}
