using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>A session can be found while AKOOL is asked for it; whoever has found it is told when AKOOL refuses.</summary>
public sealed class RefusedCreateTests
{
    private static readonly SessionError Refusal = new(SessionErrorCode.UpstreamBusy, "busy") { UpstreamCode = 1215 };

    [Fact]
    public async Task Streams_and_turns_of_a_session_that_AKOOL_refuses_end()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => answer.Task;
        var sink = new FakeSink();

        var creating = world.CreateAsync(World.Request("r"));
        await world.Akool.CreateCalled;
        var session = world.Runtime.Registry.All.Single();
        var call = world.Sessions.Attach(World.Me, Attach(session), sink).Value;
        await call.SubmitAsync(new("t", "text", false, 0, TurnSettings.Empty, TurnPolicy.Send, null));
        answer.SetResult(Refusal);
        var refused = await creating;
        var end = await call.Completion.WaitAsync(World.Hang);

        Assert.Equal(Refusal, refused.Error);
        Assert.Null(end);
        Assert.Equal(TurnOutcome.NotSent, Assert.Single(sink.Events.OfType<TurnEndedEvent>()).Outcome);
        var last = Assert.IsType<SessionChangedEvent>(sink.Events[^1]).Session.Record;
        Assert.Equal((SessionState.Failed, Refusal), (last.State, last.Problem));
        world.AssertNothingLeft();
    }

    [Fact]
    public async Task A_session_that_AKOOL_refuses_cannot_be_joined_by_whoever_found_it_before()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => answer.Task;

        var creating = world.CreateAsync();
        await world.Akool.CreateCalled;
        var session = world.Runtime.Registry.All.Single();
        answer.SetResult(Refusal);
        await creating;
        var joined = session.Hub.Attach(Attach(session), new FakeSink());

        Assert.Equal(SessionErrorCode.SessionNotActive, joined.Error?.Code);
    }

    [Fact]
    public async Task A_watch_of_a_session_that_AKOOL_refuses_is_told_and_is_over()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => answer.Task;

        var creating = world.CreateAsync();
        await world.Akool.CreateCalled;
        using var watch = world.Sessions.Watch(World.Me, world.Runtime.Registry.All.Single().Id).Value;
        answer.SetResult(Refusal);
        await creating;
        var told = await watch.Changes.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(World.Hang);

        Assert.Equal([SessionState.Queueing], watch.Present.Select(present => present.Record.State));
        var change = Assert.Single(told);
        Assert.Equal((SessionState.Queueing, SessionState.Failed, Refusal), (change.Before, change.Session.Record.State, change.Session.Record.Problem));
        Assert.Null(watch.Error);
    }

    [Fact]
    public async Task A_watch_of_all_sessions_hears_nothing_of_a_create_that_it_has_not_seen()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 1 });
        using var watch = world.Sessions.Watch(World.Me, null).Value;
        var first = await world.BornAsync();

        await world.CreateAsync(World.Request("r"));
        await world.Sessions.CloseAsync(World.Me, first.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        var told = new List<SessionId>();
        while (watch.Changes.TryRead(out var change)) told.Add(change.Session.Record.Id);
        Assert.Equal([first.Id], told.Distinct());
    }

    private static ChatAttach Attach(Session session) => new(session.Id, null, false, TurnSettings.Empty, false, false);
}
