using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Emulator.Tests.Faults;

public sealed class RestFaultTests
{
    private static readonly JsonObject Create = new() { ["avatar_id"] = "Kai_1080P_back" };

    [Fact]
    public async Task A_status_comes_as_often_as_it_was_scripted_and_only_on_its_call()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Fail(RestOperation.SessionList, 503, count: 2, retryAfter: TimeSpan.FromSeconds(7)));
        using var caller = new Caller(akool);

        Assert.Equal(1000, await caller.CodeAsync(RestOperation.VoiceList));
        for (var i = 0; i < 2; i++)
        {
            using var failed = await caller.SendAsync(RestOperation.SessionList);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(7), failed.Headers.RetryAfter!.Delta);
        }
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.SessionList));
        Assert.Empty(akool.Script.Pending);
    }

    [Fact]
    public async Task A_fault_for_ever_ends_when_it_is_taken_out()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var fault = akool.Script.Fail(RestOperation.VoiceList, 500, count: 0);

        for (var i = 0; i < 5; i++)
        {
            using var failed = await caller.SendAsync(RestOperation.VoiceList);
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        }
        fault.Dispose();

        Assert.Equal(1000, await caller.CodeAsync(RestOperation.VoiceList));
        Assert.Equal(5, fault.Fired);
    }

    public static TheoryData<int, int> EveryCodeAtEveryStatus()
    {
        var data = new TheoryData<int, int>();
        foreach (var code in Fixture.Read("rest-common/codes.json").AsArray())
        {
            foreach (var status in new[] { 200, 400, 401, 500 }) data.Add((int)code!["code"]!, status);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryCodeAtEveryStatus))]
    public async Task Every_business_code_can_come_at_every_status(int code, int status)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Answer(RestOperation.CreateSession, code, status));
        using var caller = new Caller(akool);

        using var response = await caller.SendAsync(RestOperation.CreateSession, body: Create.DeepClone());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["code"]!);
        Assert.Empty(akool.Ledger.All);
    }

    [Fact]
    public async Task A_call_that_is_never_answered_ends_with_the_caller_and_may_have_taken_effect()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.NeverAnswer(RestOperation.CreateSession, takesEffect: true));
        using var caller = new Caller(akool);
        using var patience = new CancellationTokenSource();

        var call = caller.Http.PostAsync(RestPaths.Of(RestOperation.CreateSession), new StringContent(Create.ToJsonString()), patience.Token);
        await akool.Journal.FaultFiredAsync(FaultKind.NeverAnswer).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        var answered = call.IsCompleted;
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.False(answered);
        Assert.Single(akool.Ledger.Open);
    }

    [Fact]
    public async Task A_late_create_has_made_its_session_before_it_answers()
    {
        var time = new FakeTimeProvider();
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Time = time }, script => script.AnswerLate(RestOperation.CreateSession, TimeSpan.FromSeconds(60)));
        using var caller = new Caller(akool);

        var call = caller.CallAsync(RestOperation.CreateSession, body: Create.DeepClone());
        await akool.Journal.FaultFiredAsync(FaultKind.AnswerLate).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        var (answered, made) = (call.IsCompleted, akool.Ledger.Open);
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.False(answered);
        Assert.Equal(Assert.Single(made).Id, (string)(await call.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken))["data"]!["_id"]!);
    }

    [Theory]
    [InlineData(BadBody.Html, "<!doctype html>")]
    [InlineData(BadBody.TruncatedJson, "{\"code\":1000")]
    [InlineData(BadBody.Null, "null")]
    [InlineData(BadBody.EmptyArray, "[]")]
    [InlineData(BadBody.Empty, "")]
    [InlineData(BadBody.WrongTypes, "{\"code\":1000,\"msg\":7")]
    [InlineData(BadBody.LoneSurrogates, "{\"code\":1000,\"msg\":\"\\ud800\"")]
    [InlineData(BadBody.NoCode, "{\"msg\"")]
    public async Task A_bad_body_comes_with_200_and_without_a_session(BadBody body, string beginning)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Garble(RestOperation.CreateSession, body));
        using var caller = new Caller(akool);

        using var response = await caller.SendAsync(RestOperation.CreateSession, body: Create.DeepClone());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith(beginning, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(akool.Ledger.All);
    }

    [Fact]
    public async Task A_code_that_is_a_string_comes_with_the_right_answer()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Garble(RestOperation.CreateSession, BadBody.CodeAsString));
        using var caller = new Caller(akool);

        var answer = await caller.CallAsync(RestOperation.CreateSession, body: Create.DeepClone());

        Assert.Equal("1000", (string)answer["code"]!);
        Assert.Equal(akool.Ledger.Open[0].Id, (string)answer["data"]!["_id"]!);
    }

    [Fact]
    public async Task A_huge_body_is_fifty_mebibytes_of_sound_JSON_and_a_deep_one_ten_thousand_levels()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        akool.Script.Garble(RestOperation.VoiceList, BadBody.Huge);
        akool.Script.Garble(RestOperation.VoiceList, BadBody.Deep);
        using var caller = new Caller(akool);

        using var huge = await caller.SendAsync(RestOperation.VoiceList);
        var length = (await huge.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;
        using var deep = await caller.SendAsync(RestOperation.VoiceList);
        using var parsed = JsonDocument.Parse(await deep.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), new JsonDocumentOptions { MaxDepth = 10_001 });

        Assert.InRange(length, 50 << 20, (50 << 20) + 100);
        Assert.Equal(JsonValueKind.Array, parsed.RootElement.GetProperty("data").ValueKind);
    }

    [Fact]
    public async Task A_redirect_points_elsewhere()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Redirect(RestOperation.SessionDetail, new("http://127.0.0.2:9/x")));
        using var caller = new Caller(akool);

        using var response = await caller.SendAsync(RestOperation.SessionDetail, "?id=1");

        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal("http://127.0.0.2:9/x", response.Headers.Location!.AbsoluteUri);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_reset_may_come_before_or_after_the_effect(bool takesEffect, int open)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.ResetRequest(RestOperation.CreateSession, takesEffect: takesEffect));
        using var caller = new Caller(akool);

        await Assert.ThrowsAsync<HttpRequestException>(() => caller.SendAsync(RestOperation.CreateSession, body: Create.DeepClone()));

        Assert.Equal(open, akool.Ledger.Open.Count);
    }

    [Fact]
    public async Task A_reset_is_journalled_as_no_answer()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.ResetRequest(RestOperation.CreateSession));
        using var caller = new Caller(akool);

        await Assert.ThrowsAsync<HttpRequestException>(() => caller.SendAsync(RestOperation.CreateSession, body: Create.DeepClone()));
        await caller.CodeAsync(RestOperation.VoiceList);
        await akool.Journal.EntryAsync(entry => entry.Kind is JournalKind.Answered).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        Assert.All(akool.Journal.Of(JournalKind.Answered), entry => Assert.Equal(RestPaths.Of(RestOperation.VoiceList), entry.Path));
    }
}
