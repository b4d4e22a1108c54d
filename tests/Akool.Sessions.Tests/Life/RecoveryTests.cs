using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>What a gateway does with what one before it has left in the ledger.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task A_live_session_goes_on_and_ends_by_its_detach_grace()
    {
        await using var before = await World.StartAsync();
        var session = await before.BornAsync();

        await using var after = await before.RestartAsync();
        var taken = after.Runtime.Registry.Find(World.Me, session.Id)!;
        after.Time.Advance(TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(1));
        var inGrace = taken.State;
        after.Time.Advance(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
        await World.EndAsync(taken);

        Assert.Equal((SessionState.Active, CloseReason.ClientLost), (inGrace, taken.Record.CloseReason));
        Assert.Empty(after.Akool.Open);
    }

    [Fact]
    public async Task A_repeat_of_its_create_that_leaves_does_not_close_it()
    {
        await using var before = await World.StartAsync();
        var session = await before.BornAsync(World.Request("r"));

        await using var after = await before.RestartAsync();
        var gone = await after.CreateAsync(World.Request("r"), new CancellationToken(canceled: true));

        Assert.Equal(SessionErrorCode.Canceled, gone.Error?.Code);
        Assert.Equal((SessionState.Active, 0), (after.Runtime.Registry.Find(World.Me, session.Id)!.State, after.Akool.Closes));
    }

    [Fact]
    public async Task Its_hard_end_is_counted_from_its_birth()
    {
        await using var before = await World.StartAsync();
        var lease = World.Request().Lease with { MaxDuration = TimeSpan.FromSeconds(60) };
        var session = await before.BornAsync(World.Request(lease: lease));
        before.Time.Advance(TimeSpan.FromSeconds(50));

        await using var after = await before.RestartAsync();
        after.Time.Advance(TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(1));
        var taken = after.Runtime.Registry.Find(World.Me, session.Id)!;
        await World.EndAsync(taken);

        Assert.Equal(CloseReason.MaxDuration, taken.Record.CloseReason);
    }

    [Fact]
    public async Task A_session_that_was_being_closed_is_closed()
    {
        await using var before = await World.StartAsync();
        var session = await before.BornAsync();
        before.Ledger.Post(SessionTransitions.Closing(session.Record, CloseReason.IdleTimeout, null)! with { Revision = session.Record.Revision + 1 });

        await using var after = await before.RestartAsync();
        var taken = after.Runtime.Registry.Find(World.Me, session.Id)!;
        await World.EndAsync(taken);

        Assert.Equal((SessionState.Closed, CloseReason.IdleTimeout, 1), (taken.State, taken.Record.CloseReason, after.Akool.Closes));
    }

    [Fact]
    public async Task A_queueing_session_is_asked_for_until_it_runs()
    {
        await using var before = await World.StartAsync();
        before.Akool.Born = UpstreamStatus.Queueing;
        var session = await before.BornAsync();
        before.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Processing;

        await using var after = await before.RestartAsync();
        after.Time.Advance(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100));

        Assert.Equal(SessionState.Active, after.Runtime.Registry.Find(World.Me, session.Id)!.State);
    }

    [Theory]
    [InlineData(UpstreamStatus.Completed, SessionState.Closed, CloseReason.UpstreamEnded)]
    [InlineData(UpstreamStatus.Failed, SessionState.Failed, CloseReason.UpstreamFailed)]
    public async Task A_session_that_AKOOL_has_ended_meanwhile_is_put_right(UpstreamStatus status, SessionState state, CloseReason reason)
    {
        await using var before = await World.StartAsync();
        var session = await before.BornAsync();
        before.Akool[session.Record.Upstream!.Value] = status;

        await using var after = await before.RestartAsync();
        var taken = after.Runtime.Registry.Find(World.Me, session.Id)!;
        after.Time.Advance(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100));
        await World.EndAsync(taken);

        Assert.Equal((state, reason), (taken.State, taken.Record.CloseReason));
    }

    [Theory]
    [InlineData(SessionState.Queueing)]
    [InlineData(SessionState.Closing)]
    public async Task An_intent_that_AKOOL_never_answered_is_told_apart(SessionState state)
    {
        await using var before = await World.StartAsync();
        var session = await before.BornAsync();
        var intent = session.Record with { Id = SessionId.New(), Upstream = null, State = state };
        before.Ledger.Post(intent);

        await using var after = await before.RestartAsync();

        var record = after.Ledger.Records[intent.Id];
        Assert.Equal((SessionState.Failed, SessionErrorCode.UpstreamTimeout), (record.State, record.Problem!.Code));
        Assert.Equal(0, after.Akool.Closes);
        Assert.Contains(after.Logs.GetSnapshot(), line => line.Id.Id == 1000 && line.Message.Contains("1 whose create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_ended_session_can_be_read_and_costs_nothing()
    {
        await using var before = await World.StartAsync();
        var session = await before.BornAsync();
        await before.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        await using var after = await before.RestartAsync();

        Assert.Equal(SessionState.Closed, after.Sessions.Get(World.Me, session.Id).Value.Record.State);
        Assert.Equal((0, 1), (after.Runtime.Admission.Uses[0].Used, after.Akool.Closes));
    }

    [Fact]
    public async Task Live_sessions_hold_their_places()
    {
        await using var before = await World.StartAsync(new() { MaxLive = 2 });
        await before.BornAsync();
        await before.BornAsync();

        await using var after = await before.RestartAsync();

        Assert.Equal(SessionErrorCode.SessionLimitReached, (await after.CreateAsync()).Error?.Code);
    }

    [Fact]
    public async Task Of_two_sessions_with_one_request_id_both_are_taken_back_and_the_newer_has_it()
    {
        await using var before = await World.StartAsync();
        var older = await before.BornAsync(World.Request("r"));
        var newer = older.Record with { Id = SessionId.New(), CreateTime = older.Record.CreateTime + TimeSpan.FromSeconds(1), Upstream = before.Akool.Make().Id };
        before.Ledger.Post(newer);

        await using var after = await before.RestartAsync();

        Assert.Equal(2, after.Runtime.Registry.All.Count());
        Assert.Equal(newer.Id, after.Runtime.Registry.FindRequest(World.Me, "r")!.Id);
    }
}
