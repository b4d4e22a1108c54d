using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Tests.Rest;

public sealed class HabitTests
{
    [Theory]
    [InlineData(RoomUrlShape.Example, "^/final_[0-9]{17}_[0-9]+/client_[0-9]+[.]chat$")]
    [InlineData(RoomUrlShape.OpenLive, "^/final_open_live/client_[0-9]+[.]chat$")]
    [InlineData(RoomUrlShape.StreamTwice, "^/final_([0-9_]+)/client_\\1[.]chat$")]
    [InlineData(RoomUrlShape.WithQuery, "^/final_[0-9_]+/client_[0-9]+[.]chat[?]sign=[0-9a-f]{24}$")]
    [InlineData(RoomUrlShape.NoSuffix, "^/rooms/[0-9a-f]{24}/client_[0-9]+$")]
    public async Task Every_form_of_URL_leads_to_its_room(RoomUrlShape shape, string path)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { RoomUrls = shape } });
        using var caller = new Caller(akool);
        var rooms = new[] { await caller.CreateAsync(), await caller.CreateAsync() };

        foreach (var room in rooms)
        {
            using var talk = await room.OpenAsync();
            await talk.SayAsync("hello");
            Assert.Matches(path, new Uri(room.ClientUrl).PathAndQuery);
            Assert.Equal("hello", await talk.ReadAnswersAsync(2));
        }
        Assert.NotEqual(rooms[0].ClientUrl, rooms[1].ClientUrl);
    }

    [Fact]
    public async Task A_room_can_be_said_to_be_on_another_host()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { RoomBaseUrl = new("wss://elsewhere.example:8443") } });
        using var caller = new Caller(akool);

        Assert.StartsWith("wss://elsewhere.example:8443/final_", (await caller.CreateAsync()).ClientUrl, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IdShape.ObjectId, "^[0-9a-f]{24}$")]
    [InlineData(IdShape.Uuid, "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    [InlineData(IdShape.Digits, "^[0-9]+$")]
    public async Task Ids_have_the_habits_form_and_are_found_again(IdShape shape, string form)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { Ids = shape } });
        using var caller = new Caller(akool);

        var id = (await caller.CreateAsync()).Id;

        Assert.Matches(form, id);
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.CloseSession, body: new JsonObject { ["id"] = id }));
    }

    [Theory]
    [InlineData(ErrorStatus.Ok, HttpStatusCode.OK)]
    [InlineData(ErrorStatus.Matching, HttpStatusCode.NotFound)]
    [InlineData(ErrorStatus.BadRequest, HttpStatusCode.BadRequest)]
    [InlineData(ErrorStatus.ServerError, HttpStatusCode.InternalServerError)]
    public async Task A_business_error_comes_with_the_habits_HTTP_status(ErrorStatus habit, HttpStatusCode status)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { ErrorStatus = habit } });
        using var caller = new Caller(akool);

        using var refused = await caller.SendAsync(RestOperation.SessionDetail, "?id=nobody");
        using var fine = await caller.SendAsync(RestOperation.SessionList);

        Assert.Equal((status, HttpStatusCode.OK), (refused.StatusCode, fine.StatusCode));
    }

    [Theory]
    [InlineData(ListShape.Result, "{count:Number,result:[]}")]
    [InlineData(ListShape.Data, "{count:Number,data:[]}")]
    [InlineData(ListShape.BareArray, "[]")]
    public async Task The_list_has_the_habits_form(ListShape shape, string data)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { List = shape } });
        using var caller = new Caller(akool);

        Assert.Equal(data, Fixture.ShapeOf((await caller.CallAsync(RestOperation.SessionList))["data"]));
    }

    [Fact]
    public async Task Fields_can_be_reversed_and_strange_ones_added_and_a_code_be_a_string()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { ReverseFields = true, ExtraFields = true, CodeAsString = true } });
        using var caller = new Caller(akool);

        var answer = await caller.CallAsync(RestOperation.CreateSession, body: new JsonObject { ["avatar_id"] = "Kai_1080P_back" });

        Assert.Equal(["__v", "data", "msg", "code", "trace"], answer.AsObject().Select(field => field.Key));
        Assert.Equal("1000", (string)answer["code"]!);
        Assert.Equal(["__v", "stream_urls", "stream_name"], answer["data"]!.AsObject().Select(field => field.Key).Take(3));
        Assert.Equal(JsonValueKind.Number, answer["data"]!["status"]!.GetValueKind());
    }

    [Fact]
    public async Task Close_and_pause_can_have_a_data_key()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { DataOnClose = true } });
        using var caller = new Caller(akool);
        var id = new JsonObject { ["id"] = (await caller.CreateAsync()).Id };

        Assert.Equal("{code:Number,msg:String,data:{}}", Fixture.ShapeOf(await caller.CallAsync(RestOperation.PauseSession, body: id.DeepClone())));
        Assert.Equal("{code:Number,msg:String,data:{}}", Fixture.ShapeOf(await caller.CallAsync(RestOperation.CloseSession, body: id.DeepClone())));
    }
}
