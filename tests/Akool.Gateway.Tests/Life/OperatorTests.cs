using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Gateway.Tests.Auth;
using Akool.Testing;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using static Akool.Gateway.Tests.Life.SessionServiceTests;

namespace Akool.Gateway.Tests.Life;

/// <summary>What operators see and do, AKOOL's ledger and journal as witnesses.</summary>
public sealed class OperatorTests
{
    [Fact]
    public async Task Operators_see_capacity_close_what_matches_and_compare_with_AKOOL()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var one = await CreateAsync(host, new() { Labels = { ["team"] = "a" } });
        await CreateAsync(host);
        var foreign = akool.Ledger.AddForeign();

        var capacity = await host.Admin.GetCapacityAsync(new());
        var found = await host.Admin.ReconcileSessionsAsync(new() { MinAge = new Duration() });
        var said = await host.Admin.CloseMatchingSessionsAsync(new() { Labels = { ["team"] = "a" } });
        var stillOpen = akool.Ledger.Open.Count;
        await host.Admin.CloseMatchingSessionsAsync(new() { Labels = { ["team"] = "a" }, Force = true });
        await akool.Ledger.OpenAtMostAsync(2).WaitAsync(TestLimits.Hang);

        Assert.Contains(capacity.Limits, limit => limit is { Name: "live_sessions", Scope: "gateway", Used: 2, Limit_: 1000 });
        Assert.Equal([foreign], found.OrphanedUpstreamSessionIds);
        Assert.Equal(0, found.ClosedCount);
        Assert.Equal(one.Name, said.Sessions.Single().Name);
        Assert.Equal(3, stillOpen);
        Assert.DoesNotContain(akool.Ledger.Open, session => session.Id == one.UpstreamSessionId);
    }

    [Fact]
    public async Task Operators_close_the_sessions_of_the_owner_they_name()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var session = await CreateAsync(host); // of `local`, as there are no keys

        var ofAnother = await host.Admin.CloseMatchingSessionsAsync(new() { Owner = "another", Force = true });
        var stillOpen = akool.Ledger.Open.Count;
        var ofLocal = await host.Admin.CloseMatchingSessionsAsync(new() { Owner = "local", Force = true });
        await akool.Ledger.OpenAtMostAsync().WaitAsync(TestLimits.Hang);

        Assert.Empty(ofAnother.Sessions);
        Assert.Equal(1, stillOpen);
        Assert.Equal(session.Name, ofLocal.Sessions.Single().Name);
    }

    [Fact]
    public async Task A_session_that_AKOOL_ends_is_put_right_by_a_comparison()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        var session = await CreateAsync(host);
        akool.EndSession(session.UpstreamSessionId);

        var found = await host.Admin.ReconcileSessionsAsync(new());

        Assert.Equal([session.Name], found.StaleSessionNames);
        Assert.Equal(CloseReason.UpstreamEnded, (await host.Sessions.GetSessionAsync(new() { Name = session.Name })).Session.CloseReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_drained_gateway_takes_nothing_more_says_when_to_come_back_and_closes_sessions_if_it_is_asked_to(bool closeSessions)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        await CreateAsync(host);
        using var watch = host.Sessions.WatchSessions(new());
        await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang);

        var drained = await host.Admin.DrainGatewayAsync(new() { Grace = new Duration(), CloseSessions = closeSessions });
        var refused = await TryCreateAsync(host);

        Assert.Equal(closeSessions ? (1, 0) : (0, 1), (drained.SessionsClosed, akool.Ledger.Open.Count));
        AssertRefused(refused!, StatusCode.Unavailable, "GATEWAY_DRAINING");
        Assert.NotNull(refused!.GetRpcStatus()!.GetDetail<RetryInfo>());
        Assert.Equal("Unavailable GATEWAY_DRAINING", await watch.ResponseStream.ReadToEndAsync().ReasonAsync());
    }
}
