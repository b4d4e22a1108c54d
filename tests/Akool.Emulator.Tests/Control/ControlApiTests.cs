using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Tests.Control;

public sealed class ControlApiTests
{
    [Fact]
    public async Task A_script_comes_as_JSON_one_fault_or_many()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        await PostAsync(caller, "script", """{"kind":"httpStatus","operation":"createSession","status":503,"count":2,"retryAfter":"00:00:05","takesEffect":true}""");
        await PostAsync(caller, "script", """[{"kind":"dropSocket","after":3,"session":"s","probability":0.5},{"kind":"breach","breach":"badUtf8"},{"kind":"stall","delay":"00:00:01.5"}]""");

        Assert.Equal(
            [
                new(FaultKind.HttpStatus) { Operation = RestOperation.CreateSession, Status = 503, Count = 2, RetryAfter = TimeSpan.FromSeconds(5), TakesEffect = true },
                new(FaultKind.DropSocket) { After = 3, Session = "s", Probability = 0.5 },
                new(FaultKind.Breach) { Breach = Breach.BadUtf8 },
                new Fault(FaultKind.Stall) { Delay = TimeSpan.FromSeconds(1.5) },
            ],
            akool.Script.Pending);
        Assert.Equal(4, (await caller.Http.GetFromJsonAsync<JsonArray>("/_emulator/script", TestContext.Current.CancellationToken))!.Count);
    }

    [Theory]
    [InlineData("""{"kind":"explode"}""")]
    [InlineData("""{"kind":"dropSocket","afterFrames":1}""")]
    [InlineData("""{"kind":"dropSocket","count":-1}""")]
    [InlineData("""{"kind":"dropSocket" """)]
    [InlineData("[null]")]
    [InlineData("""[{"kind":"dropSocket","after":3},{"kind":"dropSocket","count":-1}]""")]
    [InlineData("""{"status":503}""")]
    [InlineData("""{"kind":3}""")]
    [InlineData("""{"kind":99}""")]
    public async Task A_script_that_makes_no_sense_is_refused_with_a_reason(string script)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        using var response = await caller.Http.PostAsync("/_emulator/script", new StringContent(script), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEmpty((string)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!);
        Assert.Empty(akool.Script.Pending);
    }

    [Fact]
    public async Task The_ledger_and_the_journal_are_told_and_foreign_sessions_made()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        var foreign = (string)(await PostAsync(caller, "sessions"))["id"]!;
        var ledger = (await caller.Http.GetFromJsonAsync<JsonNode>("/_emulator/ledger", TestContext.Current.CancellationToken))!;
        await caller.CodeAsync(RestOperation.SessionList);
        var journal = (await caller.Http.GetFromJsonAsync<JsonArray>("/_emulator/journal", TestContext.Current.CancellationToken))!;

        Assert.Equal(foreign, (string)ledger["open"]![0]!["id"]!);
        Assert.True((bool)ledger["all"]![0]!["isForeign"]!);
        Assert.Equal(1, (int)ledger["created"]!);
        var later = (await caller.Http.GetFromJsonAsync<JsonArray>("/_emulator/journal?after=1", TestContext.Current.CancellationToken))!;

        Assert.DoesNotContain(later, entry => (long)entry!["number"]! <= 1);
        Assert.Equal("requested", (string)journal[0]!["kind"]!);
        Assert.Equal("/api/open/v3/liveAvatar/session/list", (string)journal[0]!["path"]!);
    }

    [Fact]
    public async Task What_is_done_in_process_can_be_done_by_a_call()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var (ended, failed) = (akool.Ledger.AddForeign(), akool.Ledger.AddForeign());
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();
        await akool.Journal.SocketOpenedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        await PostAsync(caller, $"end-session?session={ended}");
        await PostAsync(caller, $"fail-session?session={failed}");
        await PostAsync(caller, "hold-answers");
        await talk.SayAsync("held");
        await akool.Journal.FrameReceivedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        Assert.Empty(akool.Journal.Of(JournalKind.FrameSent));
        await PostAsync(caller, $"release-answers?session={room.Id}");
        Assert.Equal("held", await talk.ReadAnswersAsync(2));
        await PostAsync(caller, "drop-all-sockets");
        await Assert.ThrowsAnyAsync<Exception>(talk.ReadTextAsync);
        await PostAsync(caller, "expire-tokens");

        Assert.Equal(1101, await caller.CodeAsync(RestOperation.SessionList));
        await PostAsync(caller, "accept-token?token=emulator-token");
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.SessionList));
        Assert.Equal([2, 4, 3], akool.Ledger.All.Select(session => session.Status));
    }

    [Fact]
    public async Task A_reset_begins_anew()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();
        await akool.Journal.SocketOpenedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        akool.ExpireTokens();
        akool.Script.DropSocket(afterFrames: 9);

        await PostAsync(caller, "reset");

        await Assert.ThrowsAnyAsync<Exception>(talk.ReadTextAsync);
        Assert.Empty(akool.Ledger.All);
        Assert.Empty(akool.Script.Pending);
        Assert.Equal((0, 0), (akool.Ledger.SecondsCharged, akool.Ledger.Created));
        Assert.Equal(1216, await caller.CodeAsync(RestOperation.SessionDetail, $"?id={room.Id}"));
    }

    [Fact]
    public async Task The_ledger_is_told_as_of_one_moment()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { EndedSessionsKept = 100 });
        using var caller = new Caller(akool);
        using var enough = new CancellationTokenSource();
        var churning = Task.Run(
            () =>
            {
                while (!enough.IsCancellationRequested) akool.EndSession(akool.Ledger.AddForeign());
            },
            TestContext.Current.CancellationToken);

        for (var i = 0; i < 50; i++)
        {
            var ledger = (await caller.Http.GetFromJsonAsync<JsonNode>("/_emulator/ledger", TestContext.Current.CancellationToken))!;
            Assert.Equal(ledger["all"]!.AsArray().Count(session => session!["endedAt"] is null), ledger["open"]!.AsArray().Count);
        }

        await enough.CancelAsync();
        await churning.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("end-session?session=nobody")]
    [InlineData("fail-session?session=nobody")]
    [InlineData("hold-answers?session=nobody")]
    [InlineData("release-answers?session=nobody")]
    [InlineData("end-session")]
    public async Task A_call_for_a_session_that_is_not_live_is_refused_with_a_reason(string call)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        akool.Ledger.AddForeign();

        using var response = await caller.Http.PostAsync("/_emulator/" + call, null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotEmpty((string)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!);
    }

    [Fact]
    public async Task An_unknown_call_is_not_found()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        using var control = await caller.Http.PostAsync("/_emulator/explode", null, TestContext.Current.CancellationToken);
        using var other = await caller.Http.GetAsync("/elsewhere", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (control.StatusCode, other.StatusCode));
    }

    private static async Task<JsonNode> PostAsync(Caller caller, string call, string body = "")
    {
        using var response = await caller.Http.PostAsync("/_emulator/" + call, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
