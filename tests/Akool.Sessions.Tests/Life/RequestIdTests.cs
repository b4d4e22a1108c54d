using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>The same request, again.</summary>
public sealed class RequestIdTests
{
    private static readonly SessionError Refusal = new(SessionErrorCode.UpstreamBusy, "busy") { UpstreamCode = 1215 };
    private static readonly SessionError Unanswered = new(SessionErrorCode.UpstreamTimeout, "no answer");

    [Fact]
    public async Task A_hundred_at_once_make_one_session_and_get_equal_answers()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<UpstreamSession>>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Akool.OnCreate = (_, _) => answer.Task;

        var all = Enumerable.Range(0, 100).Select(_ => Task.Run(() => world.CreateAsync(World.Request("r")))).ToList();
        answer.SetResult(world.Akool.Make());
        var created = await Task.WhenAll(all);

        Assert.Equal(1, world.Akool.Creates);
        Assert.Single(created.Select(result => (result.Value.Record.Id, result.Value.Record.Upstream, result.Value.Record.Media)).Distinct());
        Assert.Single(world.Runtime.Registry.All);
        Assert.Equal(1, world.Runtime.Admission.Uses[0].Used);
    }

    [Fact]
    public async Task Other_content_under_the_same_id_is_a_conflict()
    {
        await using var world = await World.StartAsync();
        await world.CreateAsync(World.Request("r", labels: [("a", "b")]));
        var lease = World.Request().Lease;

        NewSession[] others =
        [
            World.Request("r"), World.Request("r", avatar: "else", labels: [("a", "b")]), World.Request("r", labels: [("a", "c")]),
            World.Request("r", lease: lease with { DetachGrace = TimeSpan.FromSeconds(1) }, labels: [("a", "b")]),
        ];
        foreach (var other in others) Assert.Equal(SessionErrorCode.IdempotencyConflict, (await world.CreateAsync(other)).Error?.Code);

        Assert.Equal(1, world.Akool.Creates);
    }

    [Fact]
    public async Task The_order_of_labels_and_the_wish_to_wait_are_no_other_content()
    {
        await using var world = await World.StartAsync();
        var first = await world.CreateAsync(World.Request("r", labels: [("a", "1"), ("b", "2")]));

        var second = await world.CreateAsync(World.Request("r", wait: true, labels: [("b", "2"), ("a", "1")]));

        Assert.Equal(first.Value.Record.Id, second.Value.Record.Id);
    }

    [Fact]
    public async Task Another_owner_may_use_the_same_id()
    {
        await using var world = await World.StartAsync();
        var mine = await world.CreateAsync(World.Request("r"));

        var theirs = await world.CreateAsync(World.Request("r", World.Other, avatar: "else"));

        Assert.NotEqual(mine.Value.Record.Id, theirs.Value.Record.Id);
    }

    [Fact]
    public async Task A_repeat_after_a_restart_gets_the_same_session()
    {
        await using var world = await World.StartAsync();
        var first = await world.CreateAsync(World.Request("r"));

        await using var after = await world.RestartAsync();
        var second = await after.CreateAsync(World.Request("r"));
        var other = await after.CreateAsync(World.Request("r", avatar: "else"));

        Assert.Equal(first.Value.Record.Id, second.Value.Record.Id);
        Assert.Equal(SessionErrorCode.IdempotencyConflict, other.Error?.Code);
        Assert.Equal(1, after.Akool.Creates);
    }

    [Fact]
    public async Task A_repeat_of_a_closed_session_gets_it_as_it_is()
    {
        await using var world = await World.StartAsync();
        var first = await world.CreateAsync(World.Request("r"));
        await world.Sessions.CloseAsync(World.Me, first.Value.Record.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        var second = await world.CreateAsync(World.Request("r"));

        Assert.Equal((first.Value.Record.Id, SessionState.Closed), (second.Value.Record.Id, second.Value.Record.State));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeat_of_a_create_that_AKOOL_never_answered_creates_nothing(bool afterRestart)
    {
        await using var world = await World.StartAsync();
        world.Akool.OnCreate = (_, _) => Task.FromResult<Result<UpstreamSession>>(Unanswered with { RetryAfter = TimeSpan.FromSeconds(5) });
        var failed = await world.CreateAsync(World.Request("r"));

        await using var next = afterRestart ? await world.RestartAsync() : null;
        var again = await (next ?? world).CreateAsync(World.Request("r"));

        // Nobody is told to wait: the same request gives the same answer.
        Assert.Equal((SessionErrorCode.UpstreamTimeout, null), (failed.Error?.Code, failed.Error?.RetryAfter));
        Assert.Equal((SessionErrorCode.UpstreamTimeout, null), (again.Error?.Code, again.Error?.RetryAfter));
        Assert.Equal(1, world.Akool.Creates);
    }

    [Fact]
    public async Task A_create_that_was_killed_before_its_answer_is_not_made_again_by_a_repeat()
    {
        await using var world = await World.StartAsync();
        var never = new TaskCompletionSource<Result<UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => never.Task;
        _ = world.Sessions.CreateAsync(World.Request("r"), CancellationToken.None);
        await world.Akool.CreateCalled;
        await using var next = await world.RestartAsync();
        world.Akool.OnCreate = null;

        var again = await next.CreateAsync(World.Request("r"));

        Assert.Equal((SessionErrorCode.UpstreamTimeout, 1), (again.Error?.Code, world.Akool.Creates));
        never.SetResult(Unanswered); // for the dead gateway's sake
    }

    public static TheoryData<SessionError> Refusals => [
        Refusal,
        new SessionError(SessionErrorCode.UpstreamBusy, "HTTP 429") { RetryAfter = TimeSpan.FromSeconds(2) },
        new SessionError(SessionErrorCode.UpstreamRejected, "HTTP 413"),
        new SessionError(SessionErrorCode.UpstreamAuthRejected, "HTTP 403"),
    ];

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_create_frees_its_id(SessionError refusal)
    {
        await using var world = await World.StartAsync();
        world.Akool.OnCreate = (number, _) => Task.FromResult(number == 1 ? (Result<UpstreamSession>)refusal : world.Akool.Make());
        await world.CreateAsync(World.Request("r"));

        var again = await world.CreateAsync(World.Request("r", avatar: "else"));

        Assert.True(again.IsOk);
        Assert.Equal([again.Value.Record.Id], world.Ledger.Records.Keys);
    }

    [Fact]
    public async Task A_create_over_the_limit_frees_its_id()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 1 });
        var first = await world.BornAsync();
        var refused = await world.CreateAsync(World.Request("r"));
        await world.Sessions.CloseAsync(World.Me, first.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        var again = await world.CreateAsync(World.Request("r"));

        Assert.Equal(SessionErrorCode.SessionLimitReached, refused.Error?.Code);
        Assert.True(again.IsOk);
    }

    [Fact]
    public async Task A_create_that_fails_under_many_callers_makes_no_session_that_nobody_gets()
    {
        await using var world = await World.StartAsync();
        for (var round = 0; round < 300; round++)
        {
            var begun = world.Akool.Creates;
            world.Akool.OnCreate = (number, _) => Task.FromResult(number == begun + 1 ? (Result<UpstreamSession>)Refusal : world.Akool.Make());
            var id = $"r{round}";

            var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => world.CreateAsync(World.Request(id)))));
            await world.Sessions.CloseAsync(World.Me, new("nobody"), wait: true, CancellationToken.None);

            var given = all.Where(result => result.IsOk).Select(result => result.Value.Record.Id).Distinct().Count();
            var live = world.Runtime.Registry.All.Count(session => session.Record.RequestId == id);
            Assert.True(given == live, $"round {round}: {live} sessions live, {given} given to callers");
        }
    }

    [Fact]
    public async Task One_of_several_callers_who_leaves_closes_nothing()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => answer.Task;
        using var leaving = new CancellationTokenSource();

        var one = world.CreateAsync(World.Request("r"), leaving.Token);
        var two = world.CreateAsync(World.Request("r"));
        await world.Akool.CreateCalled;
        await leaving.CancelAsync();
        var left = await one;
        answer.SetResult(world.Akool.Make());
        var created = await two;

        Assert.Equal(SessionErrorCode.Canceled, left.Error!.Code);
        Assert.Equal((SessionState.Active, 0), (created.Value.Record.State, world.Akool.Closes));
    }

    [Fact]
    public async Task All_callers_who_leave_close_it_also_when_AKOOL_answers_late()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => answer.Task;
        using var leaving = new CancellationTokenSource();

        var all = Enumerable.Range(0, 10).Select(_ => world.CreateAsync(World.Request("r"), leaving.Token)).ToList();
        await world.Akool.CreateCalled;
        await leaving.CancelAsync();
        await Task.WhenAll(all);
        var session = world.Runtime.Registry.All.Single();
        answer.SetResult(world.Akool.Make());
        await World.EndAsync(session);

        Assert.Empty(world.Akool.Open);
        Assert.Equal(1, world.Akool.Made);
    }

    [Fact]
    public async Task A_caller_who_has_left_already_is_given_nothing()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;
        using var leaving = new CancellationTokenSource();
        var waiting = world.CreateAsync(World.Request("r", wait: true), leaving.Token);
        var session = world.Runtime.Registry.All.Single();
        await session.Creation.WaitAsync(World.Hang);

        var gone = await world.CreateAsync(World.Request("r"), new CancellationToken(canceled: true));
        await leaving.CancelAsync();
        await waiting;
        await World.EndAsync(session);

        Assert.Equal(SessionErrorCode.Canceled, gone.Error?.Code);
        Assert.Empty(world.Akool.Open);
    }

    [Fact]
    public async Task A_repeat_that_leaves_does_not_close_what_another_call_was_given()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;
        var given = await world.BornAsync(World.Request("r"));
        using var leaving = new CancellationTokenSource();

        var repeat = world.CreateAsync(World.Request("r", wait: true), leaving.Token);
        await leaving.CancelAsync();
        var left = await repeat;

        Assert.Equal(SessionErrorCode.Canceled, left.Error!.Code);
        Assert.Equal((SessionState.Queueing, 0), (given.State, world.Akool.Closes));
    }
}
