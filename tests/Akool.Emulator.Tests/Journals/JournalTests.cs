using System.Text.Json.Nodes;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Tests.Journals;

public sealed class JournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-emulator-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_file_holds_every_request_and_frame_as_a_line()
    {
        var path = Path.Combine(_folder.FullName, "journal.jsonl");
        IReadOnlyList<JournalEntry> entries;
        await using (var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { JournalPath = path }))
        {
            using var caller = new Caller(akool);
            using var talk = await (await caller.CreateAsync()).OpenAsync();
            await talk.SayAsync("for the record");
            await talk.ReadAnswersAsync(2);
            akool.EndSession(akool.Ledger.Open[0].Id);
            Assert.Null(await talk.ReadTextAsync());
            talk.Dispose();
            await akool.Journal.SocketClosedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
            entries = akool.Journal.Entries;
            Assert.Equal(0, akool.Journal.NotWritten);
        }

        var lines = (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).Select(line => JsonNode.Parse(line)!).ToList();

        Assert.Equal(entries.Select(entry => entry.Number), lines.Select(line => (long)line["number"]!));
        Assert.Equal(
            ["requested", "answered", "socketOpened", "frameReceived", "frameSent", "frameSent", "socketClosed"],
            lines.OrderBy(line => (string)line["kind"]! is "answered" ? 1.5 : (long)line["number"]!).Select(line => (string)line["kind"]!));
        Assert.Contains("for the record", (string)lines.Single(line => (string)line["kind"]! == "frameReceived")["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_full_costs_the_file_its_entries_and_nothing_else()
    {
        if (!OperatingSystem.IsLinux()) return; // only there is such a disk
        var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { JournalPath = "/dev/full" });
        using (var caller = new Caller(akool)) Assert.Equal(1000, await caller.CodeAsync(RestOperation.VoiceList));

        await akool.DisposeAsync();

        Assert.NotEmpty(akool.Journal.Entries);
        Assert.Equal(akool.Journal.Entries.Count, akool.Journal.NotWritten);
    }

    [Fact]
    public async Task Memory_keeps_the_newest_entries_only()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { JournalCapacity = 4 });
        using var caller = new Caller(akool);

        for (var i = 1; i <= 5; i++) await caller.CodeAsync(RestOperation.SessionList, $"?page={i}");

        Assert.Equal(4, akool.Journal.Entries.Count);
        Assert.EndsWith("?page=5", akool.Journal.Requests(RestOperation.SessionList)[^1].Path!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_is_told_of_the_past_and_of_what_comes()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        await caller.CodeAsync(RestOperation.VoiceList);

        var past = akool.Journal.RequestAsync(RestOperation.VoiceList);
        var coming = akool.Journal.RequestAsync("/api/open/v3/voice/list", count: 2);
        var early = coming.IsCompleted;
        await caller.CodeAsync(RestOperation.AvatarList);
        await caller.CodeAsync(RestOperation.VoiceList, "?from=4");

        Assert.True(past.IsCompletedSuccessfully);
        Assert.False(early);
        Assert.EndsWith("?from=4", (await coming.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken)).Path!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switched_off_it_holds_nothing_and_nobody_can_wait()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { KeepJournal = false });
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();
        await talk.SayAsync("unwritten");

        Assert.Equal("unwritten", await talk.ReadAnswersAsync(2));
        Assert.Empty(akool.Journal.Entries);
        await Assert.ThrowsAsync<InvalidOperationException>(() => akool.Journal.FrameReceivedAsync());
    }
}
