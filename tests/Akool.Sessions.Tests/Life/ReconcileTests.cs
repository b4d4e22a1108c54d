using Akool.Sessions.Life;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>AKOOL's list of sessions beside ours.</summary>
public sealed class ReconcileTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_strangers_session_is_reported_and_left_alone()
    {
        await using var world = await World.StartAsync();
        var stranger = world.Akool.Make().Id;

        world.Time.Advance(TimeSpan.FromMinutes(10), 10 * Second);
        var found = await ReconcileAsync(world);

        Assert.Equal([stranger], found.Orphans);
        Assert.Equal((1, 0, 1), (world.Akool.Open.Count, world.Akool.Closes, world.Sessions.Admin.Orphans));
        Assert.Contains(world.Logs.GetSnapshot(), line => line.Id.Id == 1009);
    }

    [Fact]
    public async Task On_an_account_of_our_own_it_is_closed_within_half_a_minute_but_not_at_first_sight()
    {
        await using var world = await World.StartAsync(new() { ReconcileScope = ReconcileScope.Account });
        world.Akool.Make();

        world.Time.Advance(19 * Second, Second);
        var atFirst = world.Akool.Closes;
        world.Time.Advance(12 * Second, Second);

        Assert.Equal((0, 1, 0), (atFirst, world.Akool.Closes, world.Akool.Open.Count));
    }

    [Fact]
    public async Task Our_own_sessions_are_nobodys_orphans()
    {
        await using var world = await World.StartAsync(new() { ReconcileScope = ReconcileScope.Account, MaxLive = 300 });
        for (var i = 0; i < 250; i++) await world.BornAsync(World.Request(lease: World.Request().Lease with { AttachTimeout = TimeSpan.FromHours(1) }));

        world.Time.Advance(TimeSpan.FromMinutes(2), 10 * Second);

        Assert.Equal((0, 250), (world.Akool.Closes, world.Akool.Open.Count));
    }

    [Theory]
    [InlineData(ReconcileScope.Account)]
    [InlineData(ReconcileScope.Ledger)]
    public async Task A_session_whose_create_is_under_way_is_no_orphan(ReconcileScope scope)
    {
        await using var world = await World.StartAsync(new() { ReconcileScope = scope, CreateTimeout = TimeSpan.FromSeconds(110) });
        var (made, answer) = (world.Akool.Make(), new TaskCompletionSource<Result<UpstreamSession>>());
        world.Akool[made.Id] = UpstreamStatus.Completed;
        world.Akool.OnCreate = (_, _) =>
        {
            world.Akool[made.Id] = UpstreamStatus.Processing;
            return answer.Task;
        };

        var creating = world.CreateAsync(World.Request(lease: World.Request().Lease with { AttachTimeout = TimeSpan.FromHours(1) }));
        await world.Akool.CreateCalled;
        world.Time.Advance(100 * Second, 10 * Second);
        var forced = await ReconcileAsync(world, force: true);
        answer.SetResult(made);

        Assert.True((await creating).IsOk);
        Assert.Empty(forced.Orphans);
        Assert.Equal(0, world.Akool.Closes);
    }

    [Fact]
    public async Task A_session_that_we_hold_for_ended_and_AKOOL_does_not_is_closed_on_any_account()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        var upstream = session.Record.Upstream!.Value;
        await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        world.Akool[upstream] = UpstreamStatus.Processing;

        world.Time.Advance(TimeSpan.FromMinutes(3), 10 * Second);

        Assert.Equal((2, UpstreamStatus.Completed), (world.Akool.Closes, world.Akool[upstream]));
    }

    [Theory]
    [InlineData(UpstreamStatus.Completed, SessionState.Closed)]
    [InlineData(UpstreamStatus.Failed, SessionState.Failed)]
    public async Task A_session_that_AKOOL_has_ended_is_put_right(UpstreamStatus status, SessionState state)
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool[session.Record.Upstream!.Value] = status;

        var found = await ReconcileAsync(world);

        Assert.Equal([session.Id], found.Stale);
        Assert.Equal((state, state), (session.State, world.Ledger.Records[session.Id].State));
        Assert.Equal(0, world.Runtime.Admission.Uses[0].Used);
    }

    [Fact]
    public async Task A_session_that_the_moving_pages_have_hidden_is_asked_for_before_it_is_believed_gone()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool.OnList = (_, _, _) => Task.FromResult<Result<UpstreamPage>>(new UpstreamPage([], 0));

        var found = await ReconcileAsync(world);

        Assert.Empty(found.Stale);
        Assert.Equal((SessionState.Active, 1), (session.State, world.Akool.Details));
    }

    [Fact]
    public async Task A_list_that_never_ends_is_read_no_further_than_it_brings_news()
    {
        await using var world = await World.StartAsync();
        var same = Enumerable.Range(0, 100).Select(i => new UpstreamSession(new($"s{i}"), UpstreamStatus.Processing, null, null)).ToList();
        world.Akool.OnList = (_, _, _) => Task.FromResult<Result<UpstreamPage>>(new UpstreamPage(same, null));
        var before = world.Akool.Lists;

        var found = await ReconcileAsync(world);

        Assert.Equal(100, found.Orphans.Count);
        Assert.InRange(world.Akool.Lists - before, 1, 4);
    }

    [Fact]
    public async Task Pages_smaller_than_asked_for_are_read_to_the_end()
    {
        await using var world = await World.StartAsync();
        var all = Enumerable.Range(0, 45).Select(_ => world.Akool.Make()).ToList();
        world.Akool.OnList = (page, _, status) => Task.FromResult<Result<UpstreamPage>>(
            status == UpstreamStatus.Processing ? new UpstreamPage([.. all.Skip((page - 1) * 20).Take(20)], 45) : new UpstreamPage([], 0));

        var found = await ReconcileAsync(world);

        Assert.Equal(45, found.Orphans.Count);
    }

    [Fact]
    public async Task AKOOLs_failure_is_the_answer_and_nothing_is_changed()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool.OnList = (_, _, _) => Task.FromResult<Result<UpstreamPage>>(new SessionError(SessionErrorCode.UpstreamUnavailable, "down"));

        var found = await world.Sessions.Admin.ReconcileAsync(true, TimeSpan.Zero, CancellationToken.None).WaitAsync(World.Hang);

        Assert.Equal((SessionErrorCode.UpstreamUnavailable, SessionState.Active), (found.Error?.Code, session.State));
    }

    [Fact]
    public async Task An_operator_who_does_not_force_it_has_nothing_closed_not_even_what_is_ours()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        var upstream = session.Record.Upstream!.Value;
        await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        world.Akool[upstream] = UpstreamStatus.Processing;

        var found = await ReconcileAsync(world);

        Assert.Equal([upstream], found.Orphans);
        Assert.Equal((0, 1), (found.Closed, world.Akool.Closes));
    }

    [Fact]
    public async Task A_session_whose_create_begins_while_the_list_is_read_is_no_orphan()
    {
        await using var world = await World.StartAsync();
        var (made, answer) = (world.Akool.Make(), new TaskCompletionSource<Result<UpstreamSession>>());
        Task<Result<SessionSnapshot>>? creating = null;
        world.Akool.OnCreate = (_, _) => answer.Task;
        world.Akool.OnList = async (_, _, _) =>
        {
            world.Time.Advance(Second);
            creating ??= world.CreateAsync();
            await world.Akool.CreateCalled;
            return new UpstreamPage([made], 1);
        };

        var forced = await ReconcileAsync(world, force: true);
        answer.SetResult(made);

        Assert.True((await creating!).IsOk);
        Assert.Empty(forced.Orphans);
        Assert.Equal(0, world.Akool.Closes);
    }

    [Theory]
    [InlineData(1216)]
    [InlineData(1219)]
    public async Task A_session_that_AKOOL_calls_ended_by_a_code_is_put_right(int code)
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Completed;
        world.Akool.OnDetail = _ => Task.FromResult<Result<UpstreamSession>>(new SessionError(SessionErrorCode.UpstreamPrecondition, "ended") { UpstreamCode = code });

        var found = await ReconcileAsync(world);

        Assert.Equal([session.Id], found.Stale);
    }

    [Fact]
    public async Task An_operator_who_forces_it_has_every_orphan_closed_that_is_old_enough()
    {
        await using var world = await World.StartAsync();
        world.Akool.Make();
        await ReconcileAsync(world);
        world.Time.Advance(5 * Second);

        var young = await ReconcileAsync(world, force: true, minAge: 10 * Second);
        world.Time.Advance(5 * Second);
        var old = await ReconcileAsync(world, force: true, minAge: 10 * Second);

        Assert.Equal((0, 1, 0), (young.Closed, old.Closed, world.Akool.Open.Count));
    }

    private static async Task<Reconciliation> ReconcileAsync(World world, bool force = false, TimeSpan minAge = default) =>
        (await world.Sessions.Admin.ReconcileAsync(force, minAge, CancellationToken.None).WaitAsync(World.Hang)).Value;
}
