namespace Akool.Emulator.Tests;

public sealed class EmulatorOptionsTests
{
    public static TheoryData<EmulatorOptions> Wrong() => new(
        new EmulatorOptions { Url = new("https://127.0.0.1:0") },
        new EmulatorOptions { AnswersPerTurn = -1 },
        new EmulatorOptions { Url = new("http://127.0.0.1:0/below") },
        new EmulatorOptions { Habits = new() { RoomBaseUrl = new("/x", UriKind.RelativeOrAbsolute) } },
        new EmulatorOptions { Habits = new() { RoomBaseUrl = new("x", UriKind.Relative) } },
        new EmulatorOptions { Habits = new() { RoomBaseUrl = new("http://127.0.0.1:1") } },
        new EmulatorOptions { AnswerDelay = TimeSpan.FromSeconds(-1) },
        new EmulatorOptions { ServiceTime = TimeSpan.FromDays(60) },
        new EmulatorOptions { Token = "" },
        new EmulatorOptions { JournalCapacity = 0 },
        new EmulatorOptions { EndedSessionsKept = -1 });

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Options_that_make_no_sense_do_not_start(EmulatorOptions options)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => AkoolEmulator.StartAsync(options));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_so()
    {
        await using var first = await AkoolEmulator.StartAsync();

        await Assert.ThrowsAsync<IOException>(() => AkoolEmulator.StartAsync(new EmulatorOptions { Url = first.BaseUrl }));
    }

    [Fact]
    public async Task Two_emulators_never_give_the_same_id()
    {
        await using var one = await AkoolEmulator.StartAsync();
        await using var two = await AkoolEmulator.StartAsync();

        Assert.NotEqual(one.Ledger.AddForeign(), two.Ledger.AddForeign());
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_those_who_are_still_connected()
    {
        var akool = await AkoolEmulator.StartAsync(script => Emulator.Faults.FaultVerbs.NeverAnswer(script, Emulator.Rest.RestOperation.VoiceList));
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();
        var pending = caller.CodeAsync(Emulator.Rest.RestOperation.VoiceList);
        await akool.Journal.FaultFiredAsync(Emulator.Faults.FaultKind.NeverAnswer).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        await akool.DisposeAsync().AsTask().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<HttpRequestException>(() => pending);
        await Assert.ThrowsAnyAsync<Exception>(talk.ReadTextAsync);
    }
}
