using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Emulator.Rest;
using Akool.Testing;
using Google.Rpc;
using Grpc.Core;

namespace Akool.Gateway.Tests.Life;

/// <summary>The life of a session over the wire, AKOOL's ledger and journal as witnesses.</summary>
public sealed class SessionServiceTests
{
    [Fact]
    public async Task A_session_lives_from_create_to_close()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);

        var created = await CreateAsync(host, new() { Labels = { ["team"] = "a" } });
        var read = (await host.Sessions.GetSessionAsync(new() { Name = created.Name })).Session;
        var listed = await host.Sessions.ListSessionsAsync(new() { Labels = { ["team"] = "a" } });
        var kept = await host.Sessions.KeepSessionAliveAsync(new() { Name = created.Name });
        var paused = (await host.Sessions.PauseSessionAsync(new() { Name = created.Name })).Session;
        var closed = (await host.Sessions.CloseSessionAsync(new() { Name = created.Name })).Session;
        var again = (await host.Sessions.CloseSessionAsync(new() { Name = created.Name })).Session;

        Assert.Equal((Session.Types.State.Active, Session.Types.State.Paused), (read.State, paused.State));
        Assert.Equal(akool.Ledger.All.Single().Id, created.UpstreamSessionId);
        Assert.NotEmpty(created.Media.FlvUrl);
        Assert.Null(listed.Sessions.Single().Media);
        Assert.Equal((1, ""), (listed.TotalSize, listed.NextPageToken));
        Assert.True(kept.IdleExpireTime < kept.ExpireTime);
        Assert.Equal((Session.Types.State.Closed, CloseReason.ClientRequested), (closed.State, closed.CloseReason));
        Assert.Equal(closed, again);
        Assert.Empty(akool.Ledger.Open);
        Assert.Single(akool.Journal.Requests(RestOperation.CloseSession));
    }

    [Fact]
    public async Task A_watch_tells_the_present_and_each_change_and_ends_with_its_session()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var created = await CreateAsync(host);

        using var watch = host.Sessions.WatchSessions(new() { Name = created.Name });
        await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang);
        var present = watch.ResponseStream.Current;
        await host.Sessions.CloseSessionAsync(new() { Name = created.Name });
        var changes = new List<Session.Types.State>();
        while (await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang)) changes.Add(watch.ResponseStream.Current.Session.State);

        Assert.Equal((Session.Types.State.Unspecified, Session.Types.State.Active), (present.PreviousState, present.Session.State));
        Assert.Equal([Session.Types.State.Closing, Session.Types.State.Closed], changes);
    }

    [Fact]
    public async Task A_caller_who_does_not_wait_is_told_CLOSING_before_AKOOL_confirms_the_end()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var created = await CreateAsync(host);
        akool.Script.AnswerLate(RestOperation.CloseSession, TimeSpan.FromSeconds(2));

        var closing = (await host.Sessions.CloseSessionAsync(new() { Name = created.Name, NoWait = true })).Session;
        var closed = (await host.Sessions.CloseSessionAsync(new() { Name = created.Name })).Session;

        Assert.Equal((Session.Types.State.Closing, Session.Types.State.Closed), (closing.State, closed.State));
        Assert.Single(akool.Journal.Requests(RestOperation.CloseSession));
    }

    [Theory]
    [InlineData("", StatusCode.InvalidArgument, "INVALID_FIELD")]
    [InlineData("session", StatusCode.InvalidArgument, "INVALID_FIELD")]
    [InlineData("sessions/", StatusCode.InvalidArgument, "INVALID_FIELD")]
    [InlineData("sessions/a/b", StatusCode.InvalidArgument, "INVALID_FIELD")]
    [InlineData("sessions/../x", StatusCode.InvalidArgument, "INVALID_FIELD")]
    [InlineData("sessions/unknown", StatusCode.NotFound, "SESSION_NOT_FOUND")]
    [InlineData("sessions/abcdefghijklmnopqrstuvwxyz", StatusCode.NotFound, "SESSION_NOT_FOUND")]
    public async Task A_name_that_is_none_or_nobodys_is_refused_by_every_call_and_AKOOL_hears_of_none(string name, StatusCode code, string reason)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        await CreateAsync(host);

        foreach (var refused in await CallAllAsync(host, name, withWatch: name.Length > 0)) AssertRefused(refused, code, reason);

        Assert.Empty(akool.Journal.Requests(RestOperation.CloseSession));
        Assert.Empty(akool.Journal.Requests(RestOperation.PauseSession));
        Assert.Empty(akool.Journal.Requests(RestOperation.SessionDetail));
    }

    [Fact]
    public async Task A_closed_session_can_be_read_and_nothing_else_be_done_with_it()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var created = await CreateAsync(host);
        await host.Sessions.CloseSessionAsync(new() { Name = created.Name });

        AssertRefused(await RefusalAsync(host.Sessions.PauseSessionAsync(new() { Name = created.Name })), StatusCode.FailedPrecondition, "SESSION_NOT_ACTIVE");
        AssertRefused(await RefusalAsync(host.Sessions.KeepSessionAliveAsync(new() { Name = created.Name })), StatusCode.FailedPrecondition, "SESSION_NOT_ACTIVE");
        Assert.Equal(Session.Types.State.Closed, (await host.Sessions.GetSessionAsync(new() { Name = created.Name })).Session.State);
        Assert.Empty(akool.Journal.Requests(RestOperation.PauseSession));
    }

    [Fact]
    public async Task Of_a_hundred_creates_at_the_limit_minus_one_AKOOL_opens_one()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool, With(("Sessions:MaxLive", "5")));
        for (var i = 0; i < 4; i++) await CreateAsync(host);

        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => TryCreateAsync(host)));

        Assert.Equal((1, 99), (all.Count(refused => refused is null), all.Count(refused => refused?.StatusCode == StatusCode.ResourceExhausted)));
        Assert.Equal((5, 5), (akool.Ledger.All.Count, akool.Journal.Requests(RestOperation.CreateSession).Count));
        var one = all.First(refused => refused is not null)!.GetRpcStatus()!;
        Assert.Equal("SESSION_LIMIT_REACHED", one.GetDetail<ErrorInfo>()!.Reason);
        Assert.NotNull(one.GetDetail<RetryInfo>());
        Assert.Equal("gateway", one.GetDetail<QuotaFailure>()!.Violations.Single().Subject);
    }

    [Fact]
    public async Task A_hundred_creates_with_one_request_id_make_one_session()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);

        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => CreateAsync(host, new() { RequestId = "r" })));

        Assert.Single(all.Select(session => (session.Name, session.UpstreamSessionId, session.Media.FlvUrl)).Distinct());
        Assert.Single(akool.Journal.Requests(RestOperation.CreateSession));
        AssertRefused((await TryCreateAsync(host, new() { RequestId = "r", Labels = { ["a"] = "b" } }))!, StatusCode.AlreadyExists, "IDEMPOTENCY_CONFLICT");
    }

    [Fact]
    public async Task Two_thousand_creates_that_are_cancelled_leave_nothing()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(
            akool, With(("Sessions:MaxLive", "5000"), ("Sessions:MaxLivePerOwner", "5000")) with { Services = ClosingWhatIsAnswered.AddTo });

        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (i, _) =>
        {
            using var leaving = new CancellationTokenSource();
            var creating = host.Sessions.CreateSessionAsync(new() { Config = new() { AvatarId = "Kai_1080P_back" } }, cancellationToken: leaving.Token).ResponseAsync;
            for (var turn = 0; turn < i % 20; turn++) await Task.Yield();
            await leaving.CancelAsync();
            try { await creating.WaitAsync(TestLimits.Hang, CancellationToken.None); }
            catch (RpcException left) when (left.StatusCode is StatusCode.Cancelled) { }
            // .NET's own client can trip over a cancellation that meets the answer's headers; what counts here is what is left at AKOOL.
            catch (RpcException left) when (left.Status.DebugException is ObjectDisposedException) { }
        }).WaitAsync(TestLimits.Hang * 6);
        await akool.Ledger.OpenAtMostAsync().WaitAsync(TestLimits.Hang);
    }

    [Fact]
    public async Task A_deadline_that_passes_is_told_as_one_and_what_AKOOL_made_late_is_closed()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.AnswerLate(RestOperation.CreateSession, TimeSpan.FromSeconds(3)));
        await using var host = await GatewayHost.StartAsync(akool);

        // Long enough for the call to reach AKOOL on a busy machine: nothing is closed of what was never begun.
        var late = await Assert.ThrowsAsync<RpcException>(() => host.Sessions.CreateSessionAsync(
            new() { Config = new() { AvatarId = "Kai_1080P_back" } }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2)).ResponseAsync);
        await akool.Journal.RequestAsync(RestOperation.CloseSession).WaitAsync(TestLimits.Hang);
        await akool.Ledger.OpenAtMostAsync().WaitAsync(TestLimits.Hang);

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    internal static GatewayHostSetup With(params (string Key, string Value)[] settings) =>
        new() { Settings = settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value) };

    internal static async Task<Session> CreateAsync(GatewayHost host, CreateSessionRequest? request = null)
    {
        request ??= new();
        request.Config ??= new() { AvatarId = "Kai_1080P_back" };
        return (await host.Sessions.CreateSessionAsync(request).ResponseAsync.WaitAsync(TestLimits.Hang * 2)).Session;
    }

    internal static async Task<RpcException?> TryCreateAsync(GatewayHost host, CreateSessionRequest? request = null)
    {
        try
        {
            await CreateAsync(host, request);
            return null;
        }
        catch (RpcException refused) { return refused; }
    }

    internal static void AssertRefused(RpcException refused, StatusCode code, string reason)
    {
        Assert.Equal(code, refused.StatusCode);
        Assert.Equal((reason, "akool.avatar"), (refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason, refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Domain));
    }

    internal static Task<RpcException> RefusalAsync<T>(AsyncUnaryCall<T> call) => Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TestLimits.Hang * 2));

    private static async Task<List<RpcException>> CallAllAsync(GatewayHost host, string name, bool withWatch)
    {
        var (sessions, refused) = (host.Sessions, new List<RpcException>());
        refused.Add(await RefusalAsync(sessions.GetSessionAsync(new() { Name = name })));
        refused.Add(await RefusalAsync(sessions.PauseSessionAsync(new() { Name = name })));
        refused.Add(await RefusalAsync(sessions.CloseSessionAsync(new() { Name = name })));
        refused.Add(await RefusalAsync(sessions.KeepSessionAliveAsync(new() { Name = name })));
        if (!withWatch) return refused; // without a name it is all of them
        using var watch = sessions.WatchSessions(new() { Name = name });
        refused.Add(await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(CancellationToken.None)));
        return refused;
    }
}
