using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

public sealed class CloseTests
{
    private static readonly SessionError Down = new(SessionErrorCode.UpstreamUnavailable, "down");

    [Fact]
    public async Task A_close_is_answered_when_AKOOL_has_confirmed_it()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();

        var closed = await CloseAsync(world, session);

        Assert.Equal((SessionState.Closed, CloseReason.ClientRequested), (closed.Value.Record.State, closed.Value.Record.CloseReason));
        Assert.NotNull(closed.Value.Record.EndTime);
        Assert.Equal(SessionState.Closed, world.Ledger.Records[session.Id].State);
        Assert.Empty(world.Akool.Open);
    }

    [Fact]
    public async Task Closing_again_and_again_asks_AKOOL_once()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();

        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => CloseAsync(world, session))));
        var later = await CloseAsync(world, session);

        Assert.All(all.Append(later), closed => Assert.Equal(SessionState.Closed, closed.Value.Record.State));
        Assert.Equal(1, world.Akool.Closes);
    }

    [Fact]
    public async Task A_close_that_does_not_wait_tells_that_it_goes_on()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        var confirmed = new TaskCompletionSource<Result<Done>>();
        world.Akool.OnClose = (_, _) => confirmed.Task;

        var told = await world.Sessions.CloseAsync(World.Me, session.Id, wait: false, CancellationToken.None);
        confirmed.SetResult(Result.Done);
        await World.EndAsync(session);

        Assert.Equal(SessionState.Closing, told.Value.Record.State);
    }

    [Fact]
    public async Task A_close_is_tried_with_growing_waits_until_it_is_confirmed_and_holds_its_place()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 1 });
        var session = await world.BornAsync();
        world.Akool.OnClose = (_, number) => Task.FromResult(number <= 12 ? (Result<Done>)Down : Result.Done);
        var before = world.Time.Waits.Count;

        var closing = CloseAsync(world, session);
        for (var i = 1; i <= 12; i++)
        {
            await world.Time.ArmedAsync(_ => true, before + i);
            Assert.Equal(1, world.Runtime.Admission.Uses[0].Used);
            world.Time.Advance(world.Time.Waits[^1]);
        }
        var closed = await closing;

        var waits = world.Time.Waits.Skip(before).Select(wait => wait.TotalSeconds).ToList();
        for (var i = 0; i < 12; i++) Assert.InRange(waits[i], Math.Min(60, Math.Pow(2, i)) / 2, Math.Min(60, Math.Pow(2, i)));
        Assert.Equal((SessionState.Closed, null), (closed.Value.Record.State, closed.Value.Record.Problem));
        Assert.True((await world.CreateAsync()).IsOk);
    }

    [Fact]
    public async Task AKOOLs_wish_to_be_left_alone_is_obeyed()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        var wait = TimeSpan.FromSeconds(77);
        world.Akool.OnClose = (_, number) =>
            Task.FromResult(number == 1 ? (Result<Done>)new SessionError(SessionErrorCode.UpstreamBusy, "slow down") { UpstreamCode = 1005, RetryAfter = wait } : Result.Done);

        var closing = CloseAsync(world, session);
        await world.Time.ArmedAsync(armed => armed == wait);
        world.Time.Advance(wait - TimeSpan.FromSeconds(1));
        var tooSoon = world.Akool.Closes;
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await closing;

        Assert.Equal((1, 2), (tooSoon, world.Akool.Closes));
    }

    [Fact]
    public async Task A_session_whose_close_is_not_confirmed_tells_why()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool.OnClose = (_, _) => Task.FromResult<Result<Done>>(Down);
        var before = world.Time.Waits.Count;

        await world.Sessions.CloseAsync(World.Me, session.Id, wait: false, CancellationToken.None);
        await world.Time.ArmedAsync(_ => true, before + 1);
        var seen = world.Sessions.Get(World.Me, session.Id).Value;

        Assert.Equal((SessionState.Closing, Down), (seen.Record.State, seen.Record.Problem));
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_stop_the_close()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        var confirmed = new TaskCompletionSource<Result<Done>>();
        world.Akool.OnClose = (_, _) => confirmed.Task;
        using var leaving = new CancellationTokenSource();

        var closing = world.Sessions.CloseAsync(World.Me, session.Id, wait: true, leaving.Token);
        await leaving.CancelAsync();
        var left = await closing.WaitAsync(World.Hang);
        confirmed.SetResult(Result.Done);
        await World.EndAsync(session);

        Assert.Equal((SessionErrorCode.Canceled, SessionState.Closed), (left.Error!.Code, session.State));
    }

    [Fact]
    public async Task A_close_is_not_held_up_by_any_limit()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 1, CreatesPerSecondPerOwner = 1 });
        var session = await world.BornAsync();
        Assert.False((await world.CreateAsync()).IsOk);

        Assert.True((await CloseAsync(world, session)).IsOk);
    }

    [Fact]
    public async Task An_end_that_AKOOL_tells_otherwise_ends_the_tries()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool.OnClose = (_, _) => Task.FromResult<Result<Done>>(Down);
        var before = world.Time.Waits.Count;
        var closing = CloseAsync(world, session);
        await world.Time.ArmedAsync(_ => true, before + 1);

        world.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Completed;
        await world.Sessions.Admin.ReconcileAsync(force: false, TimeSpan.Zero, CancellationToken.None).WaitAsync(World.Hang);
        await closing;
        var tries = world.Akool.Closes;
        world.Time.Advance(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));

        Assert.Equal((1, 1), (tries, world.Akool.Closes));
    }

    [Fact]
    public async Task Another_owners_session_is_not_there()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        var (lists, details) = (world.Akool.Lists, world.Akool.Details);
        var sessions = world.Sessions;

        SessionError?[] errors =
        [
            sessions.Get(World.Other, session.Id).Error, sessions.KeepAlive(World.Other, session.Id).Error,
            (await sessions.CloseAsync(World.Other, session.Id, true, CancellationToken.None)).Error,
            (await sessions.PauseAsync(World.Other, session.Id, CancellationToken.None)).Error, sessions.Watch(World.Other, session.Id).Error,
            sessions.Attach(World.Other, new(session.Id, null, false, TurnSettings.Empty, false, false), new FakeSink()).Error,
            sessions.Get(World.Me, SessionId.New()).Error,
        ];

        Assert.Single(errors.Distinct());
        Assert.Equal(SessionErrorCode.SessionNotFound, errors[0]!.Code);
        Assert.Equal((0, 0, lists, details), (world.Akool.Closes, world.Akool.Pauses, world.Akool.Lists, world.Akool.Details));
    }

    [Fact]
    public async Task Operators_close_the_sessions_of_one_owner_and_no_others()
    {
        await using var world = await World.StartAsync();
        var (mine, others) = (await world.BornAsync(), await world.BornAsync(World.Request(owner: World.Other)));

        var matched = world.Sessions.Admin.CloseMatching(World.Other, new Dictionary<string, string>(), force: true);
        await World.EndAsync(others);

        Assert.Equal(others.Id, matched.Single().Record.Id);
        Assert.Equal((CloseReason.AdminRequested, SessionState.Active), (others.Record.CloseReason, mine.State));
    }

    [Fact]
    public async Task A_pause_is_told_and_repeating_it_asks_nobody()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();

        var paused = await world.Sessions.PauseAsync(World.Me, session.Id, CancellationToken.None);
        var again = await world.Sessions.PauseAsync(World.Me, session.Id, CancellationToken.None);

        Assert.Equal((SessionState.Paused, SessionState.Paused, 1), (paused.Value.Record.State, again.Value.Record.State, world.Akool.Pauses));
    }

    [Fact]
    public async Task A_session_that_ends_while_it_is_paused_is_not_called_paused()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        var answer = new TaskCompletionSource<Result<Done>>();
        world.Akool.OnPause = _ => answer.Task;

        var pausing = world.Sessions.PauseAsync(World.Me, session.Id, CancellationToken.None);
        await CloseAsync(world, session);
        answer.SetResult(Result.Done);

        Assert.Equal(SessionErrorCode.SessionNotActive, (await pausing.WaitAsync(World.Hang)).Error?.Code);
    }

    [Theory]
    [InlineData(1216)]
    [InlineData(1219)]
    public async Task A_pause_that_finds_the_session_gone_puts_it_right(int code)
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Completed;
        world.Akool.OnPause = _ => Task.FromResult<Result<Done>>(new SessionError(SessionErrorCode.UpstreamPrecondition, "gone") { UpstreamCode = code });

        var paused = await world.Sessions.PauseAsync(World.Me, session.Id, CancellationToken.None);
        world.Time.Advance(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100));
        await World.EndAsync(session);

        Assert.Equal(SessionErrorCode.SessionNotActive, paused.Error?.Code);
        Assert.Equal((SessionState.Closed, CloseReason.UpstreamEnded), (session.State, session.Record.CloseReason));
    }

    private static Task<Result<SessionSnapshot>> CloseAsync(World world, Session session) =>
        world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
}
