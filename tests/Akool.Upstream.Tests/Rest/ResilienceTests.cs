using System.Net;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Rest;

public sealed class ResilienceTests
{
    private const string Ok = """{"code":1000,"data":{"_id":"6698"}}""";

    [Fact]
    public async Task Reads_and_close_are_tried_three_times()
    {
        using var akool = new StubAkool();
        akool.Answers("", 500);

        var detail = await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);
        var close = await akool.Api.CloseAsync(new("6698"), default).WaitAsync(StubAkool.Hang);

        Assert.Equal(SessionErrorCode.UpstreamUnavailable, detail.Error!.Code);
        Assert.NotNull(detail.Error.RetryAfter);
        Assert.Equal(SessionErrorCode.UpstreamUnavailable, close.Error!.Code);
        Assert.Equal(6, akool.Seen.Count);
    }

    [Fact]
    public async Task A_read_that_fails_once_succeeds()
    {
        using var akool = new StubAkool();
        akool.AnswersInTurn(() => StubAkool.Reply("", 502), () => StubAkool.Reply(Ok));

        Assert.True((await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang)).IsOk);
        Assert.Equal(2, akool.Seen.Count);
    }

    [Fact]
    public async Task A_create_that_may_have_arrived_is_never_repeated()
    {
        using var akool = new StubAkool();
        akool.Answers("", 500);

        var created = await akool.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang);

        Assert.Single(akool.Seen);
        Assert.True(CreateFailure.MayHaveBegun(created.Error!));
    }

    [Theory]
    [InlineData(HttpRequestError.ResponseEnded)]
    [InlineData(HttpRequestError.Unknown)]
    [InlineData(HttpRequestError.InvalidResponse)]
    public async Task A_create_whose_connection_was_lost_is_never_repeated(HttpRequestError how)
    {
        using var akool = new StubAkool();
        akool.Answer = (_, _) => throw new HttpRequestException(how);

        var created = await akool.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang);

        Assert.Single(akool.Seen);
        Assert.False(created.Error!.NothingSent);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    [InlineData(HttpRequestError.SecureConnectionError)]
    public async Task A_create_that_never_left_is_repeated_and_says_so(HttpRequestError how)
    {
        using var akool = new StubAkool();
        akool.Answer = (_, _) => throw new HttpRequestException(how);

        var created = await akool.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang);

        Assert.Equal(3, akool.Seen.Count);
        Assert.True(created.Error!.NothingSent);
        Assert.Equal(SessionErrorCode.UpstreamUnavailable, created.Error.Code);
        Assert.False(CreateFailure.MayHaveBegun(created.Error));
    }

    [Fact]
    public async Task A_call_that_is_never_answered_times_out()
    {
        using var akool = new StubAkool();
        var asked = new TaskCompletionSource();
        akool.Answer = (_, cancellation) => NeverAsync(asked, cancellation);

        var detail = akool.Api.DetailAsync(new("6698"), default);
        await asked.Task.WaitAsync(StubAkool.Hang);
        akool.Time.Advance(akool.Options.RequestTimeout);

        Assert.Equal(SessionErrorCode.UpstreamTimeout, (await detail.WaitAsync(StubAkool.Hang)).Error!.Code);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_told_so()
    {
        using var akool = new StubAkool();
        using var caller = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        akool.Answer = (_, cancellation) => NeverAsync(asked, cancellation);

        var detail = akool.Api.DetailAsync(new("6698"), caller.Token);
        await asked.Task.WaitAsync(StubAkool.Hang);
        await caller.CancelAsync();

        Assert.Equal(SessionErrorCode.Canceled, (await detail.WaitAsync(StubAkool.Hang)).Error!.Code);
        Assert.Empty(akool.Health.Recent);
    }

    [Fact]
    public async Task A_create_is_waited_for_long_after_the_request_timeout()
    {
        using var akool = new StubAkool();
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        akool.Answer = (_, _) =>
        {
            asked.TrySetResult();
            return answer.Task;
        };

        var create = akool.Api.CreateAsync(Fixtures.Config, default);
        await asked.Task.WaitAsync(StubAkool.Hang);
        akool.Time.Advance(TimeSpan.FromSeconds(90));
        answer.SetResult(StubAkool.Reply(Fixtures.Text("A-v3-websocket/create-response.json")));

        Assert.Equal("6698c9d69cf7b0d61d1b6420", (await create.WaitAsync(StubAkool.Hang)).Value.Id.Value);
        Assert.Single(akool.Seen);
    }

    [Fact]
    public async Task A_create_that_is_never_answered_ends_after_two_minutes_and_may_have_begun()
    {
        using var akool = new StubAkool();
        var asked = new TaskCompletionSource();
        akool.Answer = (_, cancellation) => NeverAsync(asked, cancellation);

        var create = akool.Api.CreateAsync(Fixtures.Config, default);
        await asked.Task.WaitAsync(StubAkool.Hang);
        akool.Time.Advance(TimeSpan.FromMinutes(2));

        var error = (await create.WaitAsync(StubAkool.Hang)).Error!;
        Assert.Equal(SessionErrorCode.UpstreamTimeout, error.Code);
        Assert.True(CreateFailure.MayHaveBegun(error));
    }

    [Fact]
    public async Task Tries_stay_within_a_fifth_above_what_was_offered()
    {
        using var akool = new StubAkool();
        var offered = 0;
        // Every sixth call fails: the breaker stays closed and only the budget is left.
        akool.Answer = (seen, _) => Task.FromResult(seen.Query.EndsWith('0') ? StubAkool.Reply("", 500) : StubAkool.Reply(Ok));

        for (var n = 0; n < 1000; n++)
        {
            offered++;
            await akool.Api.DetailAsync(new(n % 6 == 5 ? "x0" : "x1"), default).WaitAsync(StubAkool.Hang);
        }

        // The 10 saved at the start are the budget's depth, not its rate.
        Assert.InRange(akool.Seen.Count, offered + 150, offered * 1.2 + 10);
    }

    [Fact]
    public async Task While_akool_fails_for_ever_almost_nothing_is_sent()
    {
        using var akool = new StubAkool();
        akool.Answers("", 500);

        SessionError? last = null;
        for (var n = 0; n < 100; n++) last = (await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang)).Error;

        Assert.InRange(akool.Seen.Count, 10, 30);
        Assert.Equal(SessionErrorCode.UpstreamUnavailable, last!.Code);
        Assert.True(last.NothingSent);
        Assert.InRange(last.RetryAfter!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
        Assert.False(akool.Health.IsReachable);
    }

    [Fact]
    public async Task The_open_breaker_lets_one_call_see_whether_akool_is_back()
    {
        using var akool = new StubAkool();
        akool.Answers("", 500);
        for (var n = 0; n < 30; n++) await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);
        var sent = akool.Seen.Count;
        akool.Answers(Ok);

        var held = await akool.Api.CloseAsync(new("6698"), default);
        akool.Time.Advance(TimeSpan.FromSeconds(6));
        var probe = await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);
        var after = await akool.Api.CloseAsync(new("6698"), default).WaitAsync(StubAkool.Hang);

        Assert.True(held.Error!.NothingSent);
        Assert.True(probe.IsOk && after.IsOk);
        Assert.Equal(sent + 2, akool.Seen.Count);
        Assert.True(akool.Health.IsReachable);
    }

    [Fact]
    public async Task A_caller_that_leaves_during_the_look_leaves_the_breaker_open()
    {
        using var akool = new StubAkool();
        akool.Answers("", 500);
        for (var n = 0; n < 30; n++) await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);
        akool.Time.Advance(TimeSpan.FromSeconds(6));
        using var caller = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        akool.Answer = (_, cancellation) => NeverAsync(asked, cancellation);

        var look = akool.Api.DetailAsync(new("6698"), caller.Token);
        await asked.Task.WaitAsync(StubAkool.Hang);
        await caller.CancelAsync();
        await look.WaitAsync(StubAkool.Hang);

        Assert.True((await akool.Api.DetailAsync(new("6698"), default)).Error!.NothingSent);
        Assert.False(akool.Health.IsReachable);
    }

    [Fact]
    public async Task Refusals_do_not_open_the_breaker()
    {
        using var akool = new StubAkool();
        akool.Answers("""{"code":1003}""", 500);

        for (var n = 0; n < 50; n++) await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);

        Assert.Equal(50, akool.Seen.Count);
        Assert.True(akool.Health.IsReachable);
    }

    [Theory]
    [InlineData(429, "", "7", 7)]
    [InlineData(503, "", "7", 7)]
    [InlineData(429, "", "Thu, 02 Jan 2025 03:04:12 GMT", 7)]
    [InlineData(429, "", null, 2)]
    [InlineData(429, "", "nonsense", 2)]
    [InlineData(200, """{"code":1005}""", null, 2)]
    [InlineData(200, """{"code":1005}""", "7", 7)]
    [InlineData(429, """{"code":1215}""", null, 5)]
    [InlineData(429, "", "999999", 600)]
    public async Task Where_akool_asks_to_wait_nothing_of_that_kind_is_sent(int status, string body, string? retryAfter, int seconds)
    {
        using var akool = new StubAkool();
        akool.Answer = (_, _) => Task.FromResult(StubAkool.Reply(body, status, retryAfter));
        var first = (await akool.Api.CreateAsync(Fixtures.Config, default)).Error!;
        akool.Answers(Fixtures.Text("A-v3-websocket/create-response.json"));

        akool.Time.Advance(TimeSpan.FromSeconds(seconds - 0.5));
        var held = (await akool.Api.CreateAsync(Fixtures.Config, default)).Error!;
        var closed = await akool.Api.CloseAsync(new("6698"), default);
        akool.Time.Advance(TimeSpan.FromSeconds(0.5));
        var after = await akool.Api.CreateAsync(Fixtures.Config, default);

        Assert.Equal(SessionErrorCode.UpstreamBusy, first.Code);
        Assert.Equal((SessionErrorCode.UpstreamBusy, true, TimeSpan.FromSeconds(0.5)), (held.Code, held.NothingSent, held.RetryAfter));
        Assert.True(closed.IsOk, "a create that waits must not keep a session from being closed");
        Assert.True(after.IsOk);
        Assert.Equal(3, akool.Seen.Count);
    }

    [Fact]
    public async Task A_busy_avatar_does_not_hold_up_another()
    {
        using var akool = new StubAkool();
        akool.Answers("""{"code":1215}""");
        await akool.Api.CreateAsync(Fixtures.Config, default);
        akool.Answers(Fixtures.Text("A-v3-websocket/create-response.json"));

        Assert.True((await akool.Api.CreateAsync(Fixtures.Config with { AvatarId = "Olivia_1080P_back" }, default)).IsOk);
        Assert.Equal(1215, (await akool.Api.CreateAsync(Fixtures.Config, default)).Error!.UpstreamCode);
    }

    [Fact]
    public async Task The_last_failures_can_be_read_and_hold_no_answer()
    {
        using var akool = new StubAkool();
        akool.Answers("""{"code":1006,"msg":"planted"}""");

        for (var n = 0; n < 100; n++) await akool.Api.CreateAsync(Fixtures.Config, default);

        Assert.Equal(32, akool.Health.Recent.Count);
        Assert.All(akool.Health.Recent, problem => Assert.Equal(("session.create", SessionErrorCode.UpstreamCreditsExhausted, 1006), (problem.Operation, problem.Code, problem.UpstreamCode)));
        Assert.DoesNotContain("planted", string.Concat(akool.Health.Recent), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> NeverAsync(TaskCompletionSource asked, CancellationToken cancellation)
    {
        asked.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        return new(HttpStatusCode.OK);
    }
}
