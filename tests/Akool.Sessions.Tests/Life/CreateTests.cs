using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

public sealed class CreateTests
{
    private static readonly SessionError Refusal = new(SessionErrorCode.UpstreamBusy, "busy") { UpstreamCode = 1215 };
    private static readonly SessionError Unanswered = new(SessionErrorCode.UpstreamTimeout, "no answer");

    [Fact]
    public async Task A_session_is_in_the_ledger_before_AKOOL_hears_of_it_and_before_its_caller_does()
    {
        await using var world = await World.StartAsync();
        SessionRecord? atCreate = null;
        world.Akool.OnCreate = (_, _) =>
        {
            atCreate = world.Ledger.Records.Values.Single();
            return Task.FromResult<Result<UpstreamSession>>(world.Akool.Make());
        };

        var created = await world.CreateAsync(World.Request("r"));

        Assert.Equal((SessionState.Queueing, null), (atCreate!.State, atCreate.Upstream));
        Assert.Equal(created.Value.Record.Upstream, world.Ledger.Records[created.Value.Record.Id].Upstream);
        Assert.NotNull(created.Value.Record.Media);
    }

    [Fact]
    public async Task AKOOLs_refusal_is_the_answer_and_leaves_nothing()
    {
        await using var world = await World.StartAsync();
        world.Akool.OnCreate = (_, _) => Task.FromResult<Result<UpstreamSession>>(Refusal);

        var refused = await world.CreateAsync(World.Request("r"));

        Assert.Equal(Refusal, refused.Error);
        world.AssertNothingLeft();
    }

    [Fact]
    public async Task A_create_that_AKOOL_never_answers_is_told_and_remembered()
    {
        await using var world = await World.StartAsync();
        world.Akool.OnCreate = (_, _) => Task.FromResult<Result<UpstreamSession>>(Unanswered);

        var failed = await world.CreateAsync(World.Request("r"));
        var record = world.Ledger.Records.Values.Single();

        Assert.Equal(Unanswered, failed.Error);
        Assert.Equal((SessionState.Failed, CloseReason.CreateAbandoned, null), (record.State, record.CloseReason, record.Upstream));
        Assert.Equal(0, world.Runtime.Admission.Uses[0].Used);
        Assert.Contains(world.Logs.GetSnapshot(), line => line.Id.Id == 1002);
    }

    [Fact]
    public async Task A_session_without_a_chat_room_is_closed()
    {
        await using var world = await World.StartAsync();
        world.Akool.OnCreate = (_, _) =>
            Task.FromResult<Result<UpstreamSession>>(new SessionError(SessionErrorCode.UpstreamProtocol, "no room") { Begun = world.Akool.Make().Id });

        var failed = await world.CreateAsync();
        await World.EndAsync(world.Runtime.Registry.All.Single());

        Assert.Equal(SessionErrorCode.UpstreamProtocol, failed.Error!.Code);
        Assert.Empty(world.Akool.Open);
    }

    [Fact]
    public async Task What_AKOOL_answers_after_the_create_timeout_is_closed()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => answer.Task;

        var creating = world.CreateAsync();
        await world.Time.ArmedAsync(wait => wait == world.Limits.CreateTimeout);
        world.Time.Advance(world.Limits.CreateTimeout);
        var late = await creating;
        var session = world.Runtime.Registry.All.Single();
        answer.SetResult(world.Akool.Make());
        await World.EndAsync(session);

        Assert.Equal(SessionErrorCode.UpstreamTimeout, late.Error!.Code);
        Assert.Empty(world.Akool.Open);
        Assert.Equal((SessionState.Closed, CloseReason.CreateAbandoned), (session.State, session.Record.CloseReason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_who_leaves_leaves_nothing_open(bool akoolAnswers)
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => answer.Task;
        using var leaving = new CancellationTokenSource();

        var creating = world.CreateAsync(caller: leaving.Token);
        var session = world.Runtime.Registry.All.Single();
        await world.Akool.CreateCalled;
        await leaving.CancelAsync();
        var left = await creating;
        answer.SetResult(akoolAnswers ? world.Akool.Make() : Unanswered);
        await World.EndAsync(session);

        Assert.Equal(SessionErrorCode.Canceled, left.Error!.Code);
        Assert.Empty(world.Akool.Open);
        Assert.Equal(0, world.Runtime.Admission.Uses[0].Used);
        Assert.Equal(CloseReason.CreateAbandoned, session.Record.CloseReason);
    }

    [Fact]
    public async Task A_caller_who_leaves_before_anything_was_begun_leaves_no_trace()
    {
        await using var world = await World.StartAsync();
        var disk = new TaskCompletionSource<SessionError?>();
        world.Ledger.OnWrite = (_, _) => disk.Task;
        using var leaving = new CancellationTokenSource();

        var creating = world.CreateAsync(World.Request("r"), leaving.Token);
        var session = world.Runtime.Registry.All.Single();
        await leaving.CancelAsync();
        await creating;
        disk.SetResult(null);
        await World.EndAsync(session);
        var again = await world.CreateAsync(World.Request("r"));

        Assert.True(again.IsOk);
        Assert.Equal(1, world.Akool.Creates);
        Assert.Equal([again.Value.Record.Id], world.Ledger.Records.Keys);
    }

    [Fact]
    public async Task A_caller_who_leaves_while_it_waits_for_a_place_waits_no_more()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 1, AdmissionWait = TimeSpan.FromSeconds(50) });
        var first = await world.BornAsync();
        using var leaving = new CancellationTokenSource();

        var creating = world.CreateAsync(World.Request("r"), leaving.Token);
        var waiting = world.Runtime.Registry.All.Single(session => session != first);
        await leaving.CancelAsync();
        var left = await creating;
        await World.EndAsync(waiting);

        Assert.Equal(SessionErrorCode.Canceled, left.Error!.Code);
        Assert.Equal(1, world.Runtime.Admission.Uses[0].Used);
        Assert.Equal([first.Id], world.Ledger.Records.Keys);
    }

    [Fact]
    public async Task A_create_waits_for_its_place_as_long_as_it_may_and_then_for_AKOOL()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 1, AdmissionWait = TimeSpan.FromSeconds(50) });
        var first = await world.BornAsync(World.Request(lease: World.Request().Lease with { AttachTimeout = TimeSpan.FromHours(1) }));

        var creating = world.CreateAsync();
        await world.Time.ArmedAsync(wait => wait == TimeSpan.FromSeconds(50));
        world.Time.Advance(TimeSpan.FromSeconds(40));
        var stillWaiting = !creating.IsCompleted;
        await world.Sessions.CloseAsync(World.Me, first.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        Assert.True(stillWaiting);
        Assert.True((await creating).IsOk);
    }

    [Fact]
    public async Task A_create_that_waits_for_a_place_in_vain_is_told_of_the_limit()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 1, AdmissionWait = TimeSpan.FromSeconds(50) });
        await world.BornAsync();

        var creating = world.CreateAsync();
        await world.Time.ArmedAsync(wait => wait == TimeSpan.FromSeconds(50));
        world.Time.Advance(TimeSpan.FromSeconds(50));

        Assert.Equal(SessionErrorCode.SessionLimitReached, (await creating).Error!.Code);
    }

    [Fact]
    public async Task Of_a_hundred_creates_at_the_limit_minus_one_exactly_one_reaches_AKOOL()
    {
        await using var world = await World.StartAsync(new() { MaxLivePerOwner = 10 });
        for (var i = 0; i < 9; i++) await world.BornAsync();

        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => world.CreateAsync())));

        Assert.Equal((1, 99), (all.Count(result => result.IsOk), all.Count(result => result.Error?.Code == SessionErrorCode.SessionLimitReached)));
        Assert.Equal(10, world.Akool.Creates);
        Assert.Equal(10, world.Runtime.Registry.All.Count());
    }

    [Fact]
    public async Task Without_the_ledger_nothing_is_begun()
    {
        await using var world = await World.StartAsync();
        world.Ledger.OnWrite = (_, _) => Task.FromResult<SessionError?>(FakeLedger.Broken);

        var refused = await world.CreateAsync(World.Request("r"));

        Assert.Equal(FakeLedger.Broken, refused.Error);
        Assert.Equal(0, world.Akool.Creates);
        world.AssertNothingLeft();
    }

    [Fact]
    public async Task A_session_that_the_ledger_cannot_take_is_closed_again()
    {
        await using var world = await World.StartAsync();
        world.Ledger.OnWrite = (number, _) => Task.FromResult(number == 2 ? FakeLedger.Broken : null);

        var refused = await world.CreateAsync(World.Request("r"));
        var session = world.Runtime.Registry.All.Single();
        await World.EndAsync(session);

        Assert.Equal(FakeLedger.Broken, refused.Error);
        Assert.Empty(world.Akool.Open);
        Assert.Equal((SessionState.Closed, true), (world.Ledger.Records[session.Id].State, world.Ledger.Records[session.Id].Upstream is not null));
    }

    [Fact]
    public async Task A_draining_gateway_begins_nothing()
    {
        await using var world = await World.StartAsync();
        await world.Sessions.Admin.DrainAsync(TimeSpan.Zero, closeSessions: false, CancellationToken.None).WaitAsync(World.Hang);

        var refused = await world.CreateAsync();

        Assert.Equal((SessionErrorCode.GatewayDraining, 0), (refused.Error!.Code, world.Akool.Creates));
        Assert.NotNull(refused.Error.RetryAfter);
    }

    [Fact]
    public async Task A_create_that_waits_until_the_session_runs_is_answered_then()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;

        var creating = world.CreateAsync(World.Request(wait: true));
        var session = world.Runtime.Registry.All.Single();
        await session.Creation.WaitAsync(World.Hang);
        var before = creating.IsCompleted;
        world.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Processing;
        world.Time.Advance(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));
        var created = await creating;

        Assert.False(before);
        Assert.Equal(SessionState.Active, created.Value.Record.State);
    }

    [Fact]
    public async Task A_create_that_waits_for_a_session_which_fails_is_told_why()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;

        var creating = world.CreateAsync(World.Request(wait: true));
        await world.Runtime.Registry.All.Single().Creation.WaitAsync(World.Hang);
        world.Akool[world.Akool.Open.Single()] = UpstreamStatus.Failed;
        world.Time.Advance(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));

        Assert.Equal(SessionErrorCode.UpstreamUnavailable, (await creating).Error?.Code);
    }

    [Fact]
    public async Task A_create_that_waits_for_a_session_which_is_closed_is_not_given_it()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;

        var creating = world.CreateAsync(World.Request(wait: true));
        await world.Runtime.Registry.All.Single().Creation.WaitAsync(World.Hang);
        world.Sessions.Admin.CloseMatching(null, new Dictionary<string, string>(), force: true);

        Assert.Equal(SessionErrorCode.SessionNotActive, (await creating).Error?.Code);
    }

    [Fact]
    public async Task Stopping_waits_for_no_answer_that_does_not_come()
    {
        var world = await World.StartAsync();
        world.Akool.OnCreate = async (_, stopping) =>
        {
            var never = new TaskCompletionSource();
            await using var stop = stopping.Register(never.SetResult);
            await never.Task;
            return Unanswered;
        };

        var creating = world.CreateAsync();
        await world.Akool.CreateCalled;
        await world.DisposeAsync();

        Assert.False((await creating).IsOk);
        Assert.Equal(SessionState.Failed, world.Ledger.Records.Values.Single().State);
    }
}
