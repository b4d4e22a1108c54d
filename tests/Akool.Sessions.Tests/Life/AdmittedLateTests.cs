namespace Akool.Sessions.Tests.Life;

/// <summary>Creates that wait for their place (<see cref="SessionLimits.AdmissionWait"/>).</summary>
public sealed class AdmittedLateTests
{
    private static readonly SessionLimits OneAtATime = new() { MaxLive = 1, AdmissionWait = TimeSpan.FromMinutes(5) };

    [Fact]
    public async Task Time_spent_waiting_for_a_place_counts_against_no_lease()
    {
        await using var world = await World.StartAsync(OneAtATime);
        var (first, creating) = await WaitingAsync(world);

        world.Time.Advance(TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(10)); // longer than its attach lease
        var admitted = world.Time.GetUtcNow();
        await world.Sessions.CloseAsync(World.Me, first.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        var created = await creating;
        world.Time.Advance(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(1));
        var session = world.Runtime.Registry.Find(World.Me, created.Value.Record.Id)!;

        Assert.Equal((SessionState.Active, admitted, admitted), (session.State, session.Record.CreateTime, world.Ledger.Records[session.Id].CreateTime));
        Assert.Equal(admitted + session.Record.Lease.MaxDuration, created.Value.ExpireTime);
        world.Time.Advance(TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(1));
        await World.EndAsync(session);
        Assert.Equal(CloseReason.AttachTimeout, session.Record.CloseReason);
    }

    [Fact]
    public async Task A_gateway_that_drains_meanwhile_admits_none_that_waits()
    {
        await using var world = await World.StartAsync(OneAtATime);
        var (first, creating) = await WaitingAsync(world);

        await world.Sessions.Admin.DrainAsync(TimeSpan.Zero, closeSessions: false, CancellationToken.None).WaitAsync(World.Hang);
        await world.Sessions.CloseAsync(World.Me, first.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        Assert.Equal(SessionErrorCode.GatewayDraining, (await creating).Error?.Code);
        Assert.Equal((1, 0L), (world.Akool.Creates, world.Runtime.Admission.Uses[0].Used));
        Assert.Equal([first.Id], world.Ledger.Records.Keys);
    }

    private static async Task<(Session First, Task<Result<SessionSnapshot>> Creating)> WaitingAsync(World world)
    {
        var first = await world.BornAsync(World.Request(lease: World.Request().Lease with { AttachTimeout = TimeSpan.FromHours(1), IdleTimeout = TimeSpan.FromHours(1) }));
        var creating = world.CreateAsync();
        await world.Time.ArmedAsync(wait => wait == OneAtATime.AdmissionWait);
        return (first, creating);
    }
}
