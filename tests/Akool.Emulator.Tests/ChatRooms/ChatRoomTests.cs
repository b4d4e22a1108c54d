using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Emulator.Tests.ChatRooms;

public sealed class ChatRoomTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("""{"type":"chat","to":"server_0","payload":"{\"message_id\":\"1\",\"question\":\"x\"}"}""")]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":\"1\",\"question\":\"x\"}"}""")]
    [InlineData("""{"type":"command","to":"SERVER","payload":"{\"message_id\":\"1\",\"question\":\"x\"}"}""")]
    [InlineData("""{"type":"chat","to":"SERVER","payload":"{\"question\":\"x\"}"}""")]
    [InlineData("""{"type":"chat","to":"SERVER","payload":"{\"message_id\":\"1\"}"}""")]
    [InlineData("""{"type":"chat","to":"SERVER","payload":"not json"}""")]
    [InlineData("""{"type":"chat","to":"SERVER","payload":"{\"message_id\":\"1\",\"question\":\"\\ud800\"}"}""")]
    [InlineData("""{"type":"chat","to":"SERVER","payload":"{\"message_id\":\"1\",\"question\":\"x\",\"language\":\"\\ud800\"}"}""")]
    [InlineData("""{"type":"chat","to":"SERVER","payload":"{\"message_id\":\"1\",\"question\":\"x\",\"a field \\ud800\":1}"}""")]
    [InlineData("""{"type":"chat","to":"SERVER","payload":"\ud800"}""")]
    [InlineData("""[1,2]""")]
    [InlineData("""{"type":"cha""")]
    [InlineData("")]
    public async Task What_is_no_chat_frame_for_the_server_is_ignored(string frame)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswersPerTurn = 1 });
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();

        await talk.SendAsync(frame.Replace("SERVER", room.ServerId, StringComparison.Ordinal));
        await talk.SayAsync("next");

        Assert.Equal("next", await talk.ReadAnswerAsync());
        Assert.Single(akool.Journal.Of(JournalKind.FrameIgnored));
    }

    [Fact]
    public async Task A_pause_holds_the_answers_until_the_next_frame()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswerDelay = TimeSpan.FromSeconds(1), AnswersPerTurn = 1, Time = _time });
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();

        await talk.SayAsync("before");
        await akool.Journal.FrameReceivedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        await caller.CodeAsync(RestOperation.PauseSession, body: new JsonObject { ["id"] = room.Id });
        _time.Advance(TimeSpan.FromSeconds(5));
        var whilePaused = akool.Journal.Of(JournalKind.FrameSent).Count;
        await talk.SayAsync("after");
        var first = await talk.ReadAnswerAsync();
        await akool.Journal.FrameReceivedAsync(2).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((0, "before", "after"), (whilePaused, first, await talk.ReadAnswerAsync()));
    }

    [Fact]
    public async Task The_newest_socket_takes_the_room_and_late_answers_come_to_it()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var older = await room.OpenAsync();
        await akool.Journal.SocketOpenedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        akool.HoldAnswers(room.Id);
        await older.SayAsync("asked by the older");
        await akool.Journal.FrameReceivedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        using var newer = await room.OpenAsync();

        Assert.Null(await older.ReadTextAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, older.Socket.CloseStatus);
        akool.ReleaseAnswers(room.Id);
        Assert.Equal("asked by the older", await newer.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task Both_sockets_can_stay_and_hear_every_answer()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { SecondSocket = SecondSocket.Both } });
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var one = await room.OpenAsync();
        using var two = await room.OpenAsync();
        await akool.Journal.SocketOpenedAsync(2).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        await one.SayAsync("to all");

        Assert.Equal("to all", await one.ReadAnswersAsync(2));
        Assert.Equal("to all", await two.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task A_second_socket_can_be_refused()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { SecondSocket = SecondSocket.Refused } });
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var one = await room.OpenAsync();
        await akool.Journal.SocketOpenedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Conflict, await RefusalAsync(room));
        await one.SayAsync("still here");
        Assert.Equal("still here", await one.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task Of_many_sockets_that_come_at_once_one_is_admitted()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Habits = new() { SecondSocket = SecondSocket.Refused } });
        using var caller = new Caller(akool);

        for (var round = 0; round < 20; round++)
        {
            var room = await caller.CreateAsync();
            var raws = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await (await RawRoom.OpenAsync(room)).ShakenAsync())));
            Assert.Single(raws, raw => raw.Head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal));
            foreach (var raw in raws) raw.Dispose();
        }
    }

    [Fact]
    public async Task A_room_can_refuse_while_its_session_queues()
    {
        await using var akool = await AkoolEmulator.StartAsync(
            new EmulatorOptions { QueueingTime = TimeSpan.FromSeconds(2), Time = _time, Habits = new() { RoomOpenWhileQueueing = false } });
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();

        Assert.Equal(HttpStatusCode.Forbidden, await RefusalAsync(room));
        _time.Advance(TimeSpan.FromSeconds(2));
        using var talk = await room.OpenAsync();
        await talk.SayAsync("now");
        Assert.Equal("now", await talk.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task A_closed_session_has_no_room()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();

        akool.EndSession(room.Id);

        Assert.Null(await talk.ReadTextAsync());
        Assert.Equal(HttpStatusCode.NotFound, await RefusalAsync(room));
    }

    [Fact]
    public async Task A_fragmented_message_and_pings_between_are_understood()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();
        var frame = Encoding.UTF8.GetBytes($$"""{"type":"chat","to":"{{room.ServerId}}","payload":"{\"message_id\":\"1\",\"question\":\"in three\"}"}""");

        await talk.Socket.SendAsync(frame.AsMemory(0, 10), WebSocketMessageType.Text, endOfMessage: false, TestContext.Current.CancellationToken);
        await talk.Socket.SendAsync(frame.AsMemory(10, 30), WebSocketMessageType.Text, endOfMessage: false, TestContext.Current.CancellationToken);
        await talk.Socket.SendAsync(frame.AsMemory(40), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

        Assert.Equal("in three", await talk.ReadAnswersAsync(2));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(70_000)]
    [InlineData(3_000_000)]
    public async Task Messages_of_every_size_come_back_whole(int length)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswersPerTurn = 1 });
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();
        var text = string.Concat(Enumerable.Range(0, length / 10).Select(i => $"{i,9} "));

        await talk.SayAsync(text);

        Assert.Equal(text, await talk.ReadAnswerAsync());
    }

    [Fact]
    public async Task The_clients_goodbye_is_answered()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.Socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "bye", TestContext.Current.CancellationToken).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        var closed = await akool.Journal.SocketClosedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        Assert.Equal(1001, closed.Code);
    }

    [Fact]
    public async Task Two_thousand_sockets_talk_at_once_and_all_are_gone_after_a_drop()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswersPerTurn = 1 });
        using var caller = new Caller(akool);
        var talks = new List<Talk>();
        for (var i = 0; i < 2000; i++) talks.Add(await (await caller.CreateAsync()).OpenAsync());

        await Task.WhenAll(talks.Select((talk, i) => talk.SayAsync($"I am {i}")));
        var answers = await Task.WhenAll(talks.Select(talk => talk.ReadAnswerAsync()));
        akool.DropAllSockets();
        await akool.Journal.SocketClosedAsync(2000).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"I am {i}"), answers);
        foreach (var talk in talks) talk.Dispose();
    }

    private static async Task<HttpStatusCode> RefusalAsync(Room room)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri(room.ClientUrl), CancellationToken.None).WaitAsync(TestLimits.Hang));
        return socket.HttpStatusCode;
    }
}
