using System.Collections.Concurrent;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>How AKOOL is asked what became of sessions.</summary>
public sealed class PollerTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_queueing_session_is_asked_for_soon_and_then_ever_less_often_up_to_five_seconds()
    {
        await using var world = await World.StartAsync();
        var asked = new List<DateTimeOffset>();
        world.Akool.Born = UpstreamStatus.Queueing;
        world.Akool.OnDetail = id =>
        {
            asked.Add(world.Time.GetUtcNow());
            return Task.FromResult<Result<UpstreamSession>>(new UpstreamSession(id, UpstreamStatus.Queueing, null, null));
        };

        var session = await world.BornAsync();
        world.Time.Advance(TimeSpan.FromSeconds(60), Tick);

        Assert.InRange((asked[0] - session.Record.CreateTime).TotalSeconds, 0.1, 0.6);
        var waits = asked.Zip(asked.Skip(1), (one, next) => (next - one).TotalSeconds).ToList();
        for (var i = 0; i < waits.Count; i++)
        {
            var middle = Math.Min(5, Math.Pow(1.5, i));
            Assert.InRange(waits[i], middle * 0.8 - 0.11, middle * 1.2 + 0.21);
        }
        Assert.True(waits[4..].Distinct().Count() > 1, "the waits have no jitter");
    }

    [Fact]
    public async Task Many_sessions_need_no_timer_of_their_own()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;
        for (var i = 0; i < 200; i++) await world.BornAsync();
        var before = world.Time.Waits.Count;

        world.Time.Advance(TimeSpan.FromSeconds(10), Tick);

        Assert.InRange(world.Akool.Details, 400, 3000);
        Assert.Equal(before, world.Time.Waits.Count);
    }

    [Fact]
    public async Task A_failing_AKOOL_is_asked_again_when_it_says_so()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;
        world.Akool.OnDetail = _ => Task.FromResult<Result<UpstreamSession>>(new SessionError(SessionErrorCode.UpstreamBusy, "slow down") { RetryAfter = TimeSpan.FromSeconds(20) });
        var session = await world.BornAsync();
        world.Time.Advance(TimeSpan.FromSeconds(19), Tick);
        var asked = world.Akool.Details;

        world.Akool.OnDetail = null;
        world.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Processing;
        world.Time.Advance(TimeSpan.FromSeconds(2), Tick);

        Assert.Equal((1, SessionState.Active), (asked, session.State));
    }

    [Theory]
    [InlineData(1216)]
    [InlineData(1219)]
    public async Task A_queueing_session_that_AKOOL_no_longer_knows_has_ended(int code)
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;
        world.Akool.OnDetail = _ => Task.FromResult<Result<UpstreamSession>>(new SessionError(SessionErrorCode.UpstreamPrecondition, "gone") { UpstreamCode = code });
        var session = await world.BornAsync();

        world.Time.Advance(TimeSpan.FromSeconds(2), Tick);
        await World.EndAsync(session);

        Assert.Equal((SessionState.Closed, CloseReason.UpstreamEnded), (session.State, session.Record.CloseReason));
    }

    [Fact]
    public async Task A_session_that_AKOOL_calls_running_and_whose_room_it_refuses_is_closed()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();

        session.Suspect(roomRefused: true);
        world.Time.Advance(Tick);
        await World.EndAsync(session);

        Assert.Equal((CloseReason.UpstreamFailed, 0), (session.Record.CloseReason, world.Akool.Open.Count));
    }

    [Fact]
    public async Task A_session_whose_room_is_refused_is_asked_for_until_AKOOL_says_what_became_of_it()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Unknown;

        session.Suspect(roomRefused: true);
        world.Time.Advance(TimeSpan.FromSeconds(3), Tick);
        Assert.Equal(SessionState.Active, session.State);
        world.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Processing;
        world.Time.Advance(TimeSpan.FromSeconds(10), Tick);
        await World.EndAsync(session);

        Assert.Equal(CloseReason.UpstreamFailed, session.Record.CloseReason);
    }

    [Fact]
    public async Task A_session_that_is_suspected_again_and_again_is_asked_for_once()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();

        for (var i = 0; i < 100; i++) session.Suspect(roomRefused: false);
        world.Time.Advance(TimeSpan.FromSeconds(1), Tick);
        Assert.Equal(1, world.Akool.Details);
        session.Suspect(roomRefused: true);
        session.Suspect(roomRefused: false);
        world.Time.Advance(Tick);
        await World.EndAsync(session);

        Assert.Equal((2, CloseReason.UpstreamFailed), (world.Akool.Details, session.Record.CloseReason));
    }

    [Theory]
    [InlineData(UpstreamStatus.Processing, SessionState.Active)]
    [InlineData(UpstreamStatus.Completed, SessionState.Closed)]
    [InlineData(UpstreamStatus.Failed, SessionState.Failed)]
    public async Task A_session_whose_socket_was_lost_is_what_AKOOL_says(UpstreamStatus status, SessionState state)
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool[session.Record.Upstream!.Value] = status;

        session.Suspect(roomRefused: false);
        world.Time.Advance(Tick);
        if (state != SessionState.Active) await World.EndAsync(session);

        Assert.Equal((state, 1), (session.State, world.Akool.Details));
    }

    [Fact]
    public async Task A_close_while_AKOOL_is_asked_is_not_undone_by_the_answer()
    {
        await using var world = await World.StartAsync();
        world.Akool.Born = UpstreamStatus.Queueing;
        var answers = new ConcurrentQueue<TaskCompletionSource<Result<UpstreamSession>>>();
        world.Akool.OnDetail = _ =>
        {
            answers.Enqueue(new());
            return answers.Last().Task;
        };
        var session = await world.BornAsync();
        world.Time.Advance(TimeSpan.FromSeconds(1), Tick);

        await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        Assert.True(answers.TryDequeue(out var answer));
        answer.SetResult(new UpstreamSession(session.Record.Upstream!.Value, UpstreamStatus.Processing, null, null));
        world.Time.Advance(TimeSpan.FromSeconds(30), Tick);

        Assert.Equal((SessionState.Closed, 1), (session.State, world.Akool.Details));
    }
}
