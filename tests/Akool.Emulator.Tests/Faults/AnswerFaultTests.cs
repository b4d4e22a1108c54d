using System.Net.WebSockets;
using System.Text.Json;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Emulator.Tests.Faults;

public sealed class AnswerFaultTests
{
    private static readonly EmulatorOptions Letters = new() { AnswersPerTurn = 3 };

    [Fact]
    public async Task A_duplicate_comes_twice()
    {
        Assert.Equal(["a", "a", "b", "c"], await SpokenAsync(script => script.Duplicate(), 4));
    }

    [Fact]
    public async Task A_reordered_answer_comes_after_the_next()
    {
        Assert.Equal(["b", "a", "c"], await SpokenAsync(script => script.Reorder(), 3));
    }

    [Fact]
    public async Task A_reordered_last_answer_comes_before_the_one_ahead_of_it()
    {
        Assert.Equal(["a", "c", "b"], await SpokenAsync(script => script.Add(new(FaultKind.Reorder) { After = 2 }), 3));
    }

    [Fact]
    public async Task A_lost_answer_does_not_come()
    {
        Assert.Equal(["b", "c"], await SpokenAsync(script => script.LoseAnswer(), 2));
    }

    [Fact]
    public async Task Half_a_frame_comes_before_the_reset()
    {
        await using var akool = await AkoolEmulator.StartAsync(Letters, script => script.Add(new(FaultKind.DropMidFrame) { After = 1 }));
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var raw = await (await RawRoom.OpenAsync(room)).ShakenAsync();

        await raw.SendFrameAsync(0x81, System.Text.Encoding.UTF8.GetBytes($$"""{"type":"chat","to":"{{room.ServerId}}","payload":"{\"message_id\":\"1\",\"question\":\"abc\"}"}"""));
        var (bytes, isReset) = await raw.ReadToEndAsync();

        var first = 2 + bytes[1];
        Assert.True(isReset);
        Assert.InRange(bytes[1], 100, 125); // a short head, or the next lines read nonsense
        Assert.Equal(bytes[..2], bytes[first..(first + 2)]); // the second frame's head promises as much as the first held
        Assert.Equal(first / 2, bytes.Length - first);
    }

    [Fact]
    public async Task A_corrupt_answer_is_no_JSON_and_the_next_is_sound()
    {
        await using var akool = await AkoolEmulator.StartAsync(Letters, script => script.Corrupt());
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("abc");

        await Assert.ThrowsAnyAsync<JsonException>(talk.ReadFrameAsync);
        Assert.Equal("bc", await talk.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task A_frame_can_have_another_type_no_id_a_strange_id_or_an_object_for_payload()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswersPerTurn = 4 });
        foreach (var kind in new[] { FaultKind.UnknownType, FaultKind.MissingId, FaultKind.ForeignId, FaultKind.PayloadObject }) akool.Script.OnAnswer(kind);
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("abcd", id: "mine");

        Assert.NotEqual("chat", (string)(await talk.ReadFrameAsync())["type"]!);
        Assert.Null((await talk.ReadPayloadAsync())["message_id"]);
        Assert.StartsWith("never-sent-", (string)(await talk.ReadPayloadAsync())["message_id"]!, StringComparison.Ordinal);
        Assert.Equal("mine", (string)(await talk.ReadFrameAsync())["payload"]!["message_id"]!);
    }

    [Fact]
    public async Task A_swapped_answer_comes_to_another_session()
    {
        await using var akool = await AkoolEmulator.StartAsync(Letters);
        using var caller = new Caller(akool);
        var (room, neighbour) = (await caller.CreateAsync(), await caller.CreateAsync());
        using var talk = await room.OpenAsync();
        using var other = await neighbour.OpenAsync();
        await akool.Journal.SocketOpenedAsync(2).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        akool.Script.SwapSessions(session: room.Id);

        await talk.SayAsync("abc", id: "mine");

        var strayed = await other.ReadPayloadAsync();
        Assert.Equal(("mine", "a"), ((string)strayed["message_id"]!, (string)strayed["answer"]!));
        Assert.Equal("bc", await talk.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task A_stall_makes_the_rest_of_its_turn_late()
    {
        var time = new FakeTimeProvider();
        await using var akool = await AkoolEmulator.StartAsync(
            Letters with { Time = time }, script => script.Add(new(FaultKind.Stall) { After = 1, Delay = TimeSpan.FromSeconds(30) }));
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("abc");
        Assert.Equal("a", await talk.ReadAnswerAsync());
        await talk.SayAsync("x", id: "quick");
        Assert.Equal("x", await talk.ReadAnswerAsync());
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("bc", await talk.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task A_flood_is_numbered_paced_and_complete()
    {
        var time = new FakeTimeProvider();
        await using var akool = await AkoolEmulator.StartAsync(
            new EmulatorOptions { AnswersPerTurn = 1, Time = time }, script => script.Flood(frames: 1000, framesPerSecond: 10_000));
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("more");
        Assert.Equal(string.Concat(Enumerable.Range(1, 100).Select(i => $"{i} ")), await talk.ReadAnswersAsync(100));
        Assert.Equal(100, akool.Journal.Of(JournalKind.FrameSent).Count);
        for (var i = 0; i < 9; i++) time.Advance(TimeSpan.FromMilliseconds(10));

        Assert.Equal(string.Concat(Enumerable.Range(101, 900).Select(i => $"{i} ")), await talk.ReadAnswersAsync(900));
    }

    [Fact]
    public async Task Held_answers_come_in_order_when_they_are_let_go()
    {
        await using var akool = await AkoolEmulator.StartAsync(Letters);
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();
        akool.HoldAnswers();

        await talk.SayAsync("abc");
        await talk.SayAsync("def");
        await akool.Journal.FrameReceivedAsync(2).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        Assert.Empty(akool.Journal.Of(JournalKind.FrameSent));
        akool.ReleaseAnswers();

        Assert.Equal("abcdef", await talk.ReadAnswersAsync(6));
    }

    [Fact]
    public async Task All_sockets_can_be_dropped_at_once()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var talks = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await (await caller.CreateAsync()).OpenAsync()));
        await akool.Journal.SocketOpenedAsync(20).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        akool.DropAllSockets();

        foreach (var talk in talks) await Assert.ThrowsAsync<WebSocketException>(talk.ReadTextAsync);
        Assert.Equal(20, akool.Ledger.Open.Count);
    }

    private static async Task<string[]> SpokenAsync(Action<FaultScript> script, int count)
    {
        await using var akool = await AkoolEmulator.StartAsync(Letters, script);
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();
        await talk.SayAsync("abc");
        var spoken = new string[count];
        for (var i = 0; i < count; i++) spoken[i] = await talk.ReadAnswerAsync();
        Assert.Equal(count, akool.Journal.Of(JournalKind.FrameSent).Count);
        return spoken;
    }
}
