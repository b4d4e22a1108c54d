using System.Text.Json.Nodes;
using Akool.Emulator.Journals;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Emulator.Tests.ChatRooms;

public sealed class AnswerTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1, "The quick brown fox")]
    [InlineData(5, "The quick brown fox")]
    [InlineData(5, "naïve 🙂🙂🙂 and \"quoted\" \\ with\nlines \u2028 \u0001 <b>&amp;")]
    [InlineData(3, "ab")]
    [InlineData(4, "")]
    public async Task Retelling_speaks_the_text_verbatim(int pieces, string text)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswersPerTurn = pieces, Habits = new() { AnswerEnded = true } });
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync(text, id: "msg-é\"1");

        var (spoken, ended) = ("", false);
        var count = 0;
        while (!ended)
        {
            var payload = await talk.ReadPayloadAsync();
            Assert.Equal("msg-é\"1", (string)payload["message_id"]!);
            spoken += (string)payload["answer"]!;
            ended = payload["answer_ended"] is not null;
            count++;
        }
        Assert.Equal(text, spoken);
        Assert.Equal(Math.Clamp(text.Length, 1, pieces), count);
    }

    [Theory]
    [InlineData(null, null, "I heard 'why?'.")]
    [InlineData("text", "a pirate", "As a pirate: I heard 'why?'.")]
    [InlineData("url", "https://docs.example/files/manual.pdf", "From manual.pdf: I heard 'why?'.")]
    [InlineData("url", "", "I heard 'why?'.")]
    public async Task Dialogue_answers_by_the_prompt(string? from, string? content, string answer)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("why?", mode: 2, prompt: from is null ? [] : new JsonObject { ["from"] = from, ["content"] = content });

        Assert.Equal(answer, await talk.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task Parts_of_one_message_are_answered_under_its_id_in_order()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        foreach (var part in new[] { "one ", "two ", "three" }) await talk.SayAsync(part, id: "whole");

        Assert.Equal("one two three", await talk.ReadAnswersAsync(6));
    }

    [Fact]
    public async Task Answers_come_after_their_delay_and_interval_and_turns_overlap()
    {
        await using var akool = await AkoolEmulator.StartAsync(
            new EmulatorOptions { AnswerDelay = TimeSpan.FromSeconds(1), AnswerInterval = TimeSpan.FromSeconds(10), Time = _time });
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("ab");
        await HeardAsync(akool, 1);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(akool.Journal.Of(JournalKind.FrameSent));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("a", await talk.ReadAnswerAsync());
        await talk.SayAsync("xy");
        await HeardAsync(akool, 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("x", await talk.ReadAnswerAsync());
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("by", await talk.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task With_a_service_time_an_avatar_takes_one_turn_at_a_time()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { ServiceTime = TimeSpan.FromSeconds(1), AnswersPerTurn = 1, Time = _time });
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();
        using var elsewhere = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("first");
        await talk.SayAsync("second");
        await elsewhere.SayAsync("other avatar");
        await HeardAsync(akool, 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await talk.ReadAnswerAsync());
        Assert.Equal("other avatar", await elsewhere.ReadAnswerAsync());
        Assert.Equal(2, akool.Journal.Of(JournalKind.FrameSent).Count);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("second", await talk.ReadAnswerAsync());
    }

    [Fact]
    public async Task No_answers_a_turn_is_silence()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswersPerTurn = 0 });
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("hello?");
        await HeardAsync(akool, 1);
        akool.EndSession(akool.Ledger.Open[0].Id);

        Assert.Null(await talk.ReadTextAsync());
    }

    private static Task<JournalEntry> HeardAsync(AkoolEmulator akool, int frames) => akool.Journal.FrameReceivedAsync(frames).WaitAsync(TestLimits.Hang);
}
