using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Emulator.Rest;
using Akool.Testing;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using static Akool.Gateway.Tests.Life.SessionServiceTests;

namespace Akool.Gateway.Tests.Life;

/// <summary>AKOOL's REST side at its worst, seen by a client of the gateway.</summary>
public sealed class UpstreamFaultTests
{
    [Fact]
    public async Task AKOOL_that_is_not_there_is_unavailable_and_nothing_is_left()
    {
        await using var host = await GatewayHost.StartAsync(new Uri("http://127.0.0.1:9"));

        var refused = (await TryCreateAsync(host))!;

        AssertRefused(refused, StatusCode.Unavailable, "UPSTREAM_UNAVAILABLE");
        Assert.NotNull(refused.GetRpcStatus()!.GetDetail<RetryInfo>());
        Assert.Equal(0, (await host.Sessions.ListSessionsAsync(new())).TotalSize);
    }

    [Fact]
    public async Task A_wrong_token_is_the_gateways_fault_and_no_secret_is_told()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool, With(("Akool:Token", "wrong-token-of-ours")));

        var refused = (await TryCreateAsync(host))!;

        AssertRefused(refused, StatusCode.Internal, "UPSTREAM_AUTH_REJECTED");
        Assert.DoesNotContain("wrong-token-of-ours", refused.ToString(), StringComparison.Ordinal);
        Assert.Empty(akool.Ledger.All);
    }

    [Theory]
    [InlineData(1215, StatusCode.ResourceExhausted, "UPSTREAM_BUSY")]
    [InlineData(1005, StatusCode.ResourceExhausted, "UPSTREAM_BUSY")]
    [InlineData(1104, StatusCode.ResourceExhausted, "UPSTREAM_CREDITS_EXHAUSTED")]
    [InlineData(1003, StatusCode.InvalidArgument, "UPSTREAM_REJECTED")]
    public async Task A_refusal_of_AKOOLs_is_told_and_frees_the_request_id(int code, StatusCode status, string reason)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Answer(RestOperation.CreateSession, code));
        await using var host = await GatewayHost.StartAsync(akool);

        var refused = (await TryCreateAsync(host, new() { RequestId = "r" }))!;

        AssertRefused(refused, status, reason);
        Assert.Equal(code.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Metadata["upstream_code"]);
        Assert.Equal(0, (await host.Sessions.ListSessionsAsync(new())).TotalSize);
        Assert.Equal(0, (await host.Admin.GetCapacityAsync(new())).Limits[0].Used);
        var again = await TryCreateAsync(host, new() { RequestId = "r", Labels = { ["another"] = "request" } });
        Assert.Equal(reason == "UPSTREAM_BUSY" ? status : StatusCode.OK, again?.StatusCode ?? StatusCode.OK); // AKOOL has asked for quiet there
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_create_that_AKOOL_fails_is_not_repeated_blindly(int status)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Fail(RestOperation.CreateSession, status));
        await using var host = await GatewayHost.StartAsync(akool);

        var refused = await TryCreateAsync(host, new() { RequestId = "r" });
        var again = await TryCreateAsync(host, new() { RequestId = "r" });

        AssertRefused(refused!, StatusCode.Unavailable, "UPSTREAM_UNAVAILABLE");
        Assert.NotNull(again);
        Assert.Single(akool.Journal.Requests(RestOperation.CreateSession));
    }

    [Theory]
    [InlineData(BadBody.Html)]
    [InlineData(BadBody.TruncatedJson)]
    [InlineData(BadBody.Null)]
    [InlineData(BadBody.EmptyArray)]
    [InlineData(BadBody.Huge)]
    [InlineData(BadBody.Deep)]
    [InlineData(BadBody.WrongTypes)]
    [InlineData(BadBody.LoneSurrogates)]
    public async Task An_answer_that_is_none_is_told_in_our_own_words(BadBody body)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Garble(RestOperation.CreateSession, body));
        await using var host = await GatewayHost.StartAsync(akool);

        var refused = (await TryCreateAsync(host))!;

        AssertRefused(refused, StatusCode.Internal, "UPSTREAM_PROTOCOL");
        Assert.InRange(refused.Status.Detail.Length, 1, 200);
    }

    [Fact]
    public async Task What_AKOOL_makes_and_does_not_tell_is_told_to_the_operator()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.ResetRequest(RestOperation.CreateSession, takesEffect: true));
        await using var host = await GatewayHost.StartAsync(akool);

        var refused = (await TryCreateAsync(host))!;
        var found = await host.Admin.ReconcileSessionsAsync(new() { MinAge = new Duration() });

        AssertRefused(refused, StatusCode.Unavailable, "UPSTREAM_UNAVAILABLE");
        Assert.Equal([akool.Ledger.Open.Single().Id], found.OrphanedUpstreamSessionIds);
    }

    [Fact]
    public async Task AKOOL_that_never_answers_a_create_is_given_up_and_what_it_made_is_nobodys_orphan_while_it_may_yet_answer()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.NeverAnswer(RestOperation.CreateSession, takesEffect: true));
        await using var host = await GatewayHost.StartAsync(akool, With(("Sessions:CreateTimeout", "00:00:00.300")));

        var refused = (await TryCreateAsync(host))!;

        var found = await host.Admin.ReconcileSessionsAsync(new() { MinAge = new Duration() });

        AssertRefused(refused, StatusCode.DeadlineExceeded, "UPSTREAM_TIMEOUT");
        Assert.Single(akool.Ledger.Open);
        Assert.Empty(found.OrphanedUpstreamSessionIds);
    }

    [Fact]
    public async Task What_AKOOL_makes_after_the_create_timeout_is_closed()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.AnswerLate(RestOperation.CreateSession, TimeSpan.FromSeconds(1)));
        await using var host = await GatewayHost.StartAsync(akool, With(("Sessions:CreateTimeout", "00:00:00.300")));

        var refused = (await TryCreateAsync(host))!;
        await akool.Journal.RequestAsync(RestOperation.CloseSession).WaitAsync(TestLimits.Hang);
        await akool.Ledger.OpenAtMostAsync().WaitAsync(TestLimits.Hang);

        AssertRefused(refused, StatusCode.DeadlineExceeded, "UPSTREAM_TIMEOUT");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_close_that_AKOOL_fails_goes_on_until_it_is_confirmed(int status)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var session = await CreateAsync(host);
        akool.Script.Fail(RestOperation.CloseSession, status, count: status == 429 ? 1 : 4);

        var closed = await host.Sessions.CloseSessionAsync(new() { Name = session.Name }).ResponseAsync.WaitAsync(TestLimits.Hang * 2);

        Assert.Equal(Session.Types.State.Closed, closed.Session.State);
        Assert.Empty(akool.Ledger.Open);
    }

    [Theory]
    [InlineData(1216)]
    [InlineData(1219)]
    public async Task A_session_that_is_gone_at_AKOOL_is_closed(int code)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var session = await CreateAsync(host);
        akool.EndSession(session.UpstreamSessionId);
        akool.Script.Answer(RestOperation.CloseSession, code);

        var closed = await host.Sessions.CloseSessionAsync(new() { Name = session.Name }).ResponseAsync.WaitAsync(TestLimits.Hang);

        Assert.Equal(Session.Types.State.Closed, closed.Session.State);
        Assert.Single(akool.Journal.Requests(RestOperation.CloseSession));
    }

    [Theory]
    [InlineData(BadBody.Html)]
    [InlineData(BadBody.Null)]
    public async Task A_close_whose_answer_is_none_is_asked_for_again(BadBody body)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var session = await CreateAsync(host);
        akool.Script.Garble(RestOperation.CloseSession, body, takesEffect: true);

        var closed = await host.Sessions.CloseSessionAsync(new() { Name = session.Name }).ResponseAsync.WaitAsync(TestLimits.Hang);

        Assert.Equal(Session.Types.State.Closed, closed.Session.State);
        Assert.Empty(akool.Ledger.Open);
    }

    [Fact]
    public async Task A_queueing_session_survives_failing_answers_to_what_became_of_it()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { QueueingTime = TimeSpan.FromSeconds(1) });
        await using var host = await GatewayHost.StartAsync(akool);
        akool.Script.Garble(RestOperation.SessionDetail, BadBody.Html);
        akool.Script.Fail(RestOperation.SessionDetail, 500);

        var session = await CreateAsync(host, new() { WaitUntilActive = true });

        Assert.Equal(Session.Types.State.Active, session.State);
    }

    [Fact]
    public async Task A_pause_that_AKOOL_fails_changes_nothing()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var session = await CreateAsync(host);
        akool.Script.Garble(RestOperation.PauseSession, BadBody.Html);

        AssertRefused(await RefusalAsync(host.Sessions.PauseSessionAsync(new() { Name = session.Name })), StatusCode.Internal, "UPSTREAM_PROTOCOL");
        Assert.Equal(Session.Types.State.Active, (await host.Sessions.GetSessionAsync(new() { Name = session.Name })).Session.State);
    }

    [Theory]
    [InlineData(BadBody.Html, StatusCode.Internal, "UPSTREAM_PROTOCOL")]
    [InlineData(BadBody.TruncatedJson, StatusCode.Internal, "UPSTREAM_PROTOCOL")]
    public async Task A_list_that_is_none_closes_nothing(BadBody body, StatusCode code, string reason)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var session = await CreateAsync(host);
        akool.Script.Garble(RestOperation.SessionList, body, count: 0);

        AssertRefused(await RefusalAsync(host.Admin.ReconcileSessionsAsync(new() { Force = true })), code, reason);
        Assert.Equal(session.UpstreamSessionId, akool.Ledger.Open.Single().Id);
    }
}
