using System.Runtime.CompilerServices;
using Akool.Sessions.Life;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

public sealed class LeakTests
{
    private static readonly SessionError Down = new(SessionErrorCode.UpstreamUnavailable, "down");

    [Fact]
    public async Task A_session_leaks_from_the_begin_of_its_close_until_AKOOL_has_confirmed_it()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool.OnClose = (_, number) => Task.FromResult(number <= 2 ? (Result<Done>)Down : Result.Done);
        var before = world.Time.Waits.Count;

        var closing = world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None);
        await world.Time.ArmedAsync(_ => true, before + 1);
        var atOnce = world.Runtime.Leaks.Total;
        var first = world.Time.Waits[^1];
        world.Time.Advance(first);
        await world.Time.ArmedAsync(_ => true, before + 2);
        var meanwhile = world.Runtime.Leaks.Total;
        var second = world.Time.Waits[^1];
        world.Time.Advance(second);
        await closing.WaitAsync(World.Hang);
        var confirmed = world.Runtime.Leaks.Total;
        world.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((TimeSpan.Zero, first, first + second, first + second), (atOnce, meanwhile, confirmed, world.Runtime.Leaks.Total));
    }

    [Fact]
    public async Task A_close_that_AKOOL_confirms_at_once_leaks_nothing()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool.OnClose = (_, _) =>
        {
            world.Time.Advance(TimeSpan.FromSeconds(3)); // slow, but confirmed
            return Task.FromResult(Result.Done);
        };

        await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        Assert.Equal(TimeSpan.Zero, world.Runtime.Leaks.Total);
    }

    [Fact]
    public async Task A_session_that_AKOOL_does_not_know_leaks_nothing()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        world.Akool.OnClose = (_, _) => Task.FromResult<Result<Done>>(new SessionError(SessionErrorCode.SessionNotFound, "gone") { UpstreamCode = 1216 });

        await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        world.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.Zero, world.Runtime.Leaks.Total);
    }

    [Fact]
    public async Task A_close_that_fails_after_AKOOL_has_told_the_end_leaks_nothing()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource<Result<Done>>(TaskCreationOptions.RunContinuationsAsynchronously));
        world.Akool.OnClose = (_, _) =>
        {
            asked.SetResult();
            return answer.Task;
        };
        var before = world.Time.Waits.Count;

        await world.Sessions.CloseAsync(World.Me, session.Id, wait: false, CancellationToken.None).WaitAsync(World.Hang);
        await asked.Task.WaitAsync(World.Hang);
        world.Akool[session.Record.Upstream!.Value] = UpstreamStatus.Completed;
        await world.Sessions.Admin.ReconcileAsync(false, TimeSpan.Zero, CancellationToken.None).WaitAsync(World.Hang);
        await World.EndAsync(session);
        answer.SetResult(Down);
        await world.Time.ArmedAsync(_ => true, before + 1); // it would try again

        world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, world.Runtime.Leaks.Total);
    }

    [Fact]
    public void Sessions_that_leak_at_once_are_summed_and_each_counts_from_its_first_close()
    {
        var time = new ArmedTime();
        var leaks = new LeakMeter(time);
        var (one, two) = (SessionId.New(), SessionId.New());

        leaks.NotConfirmed(one, time.GetTimestamp());
        time.Advance(TimeSpan.FromSeconds(10));
        leaks.NotConfirmed(one, time.GetTimestamp()); // another try: it leaks all the time
        leaks.NotConfirmed(two, time.GetTimestamp());
        time.Advance(TimeSpan.FromSeconds(5));
        leaks.Ended(one);
        leaks.Ended(one);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(10 + 5 + 5 + 1), leaks.Total);
    }

    [Fact]
    public async Task Sessions_that_are_no_longer_remembered_are_not_held()
    {
        await using var world = await World.StartAsync();

        var forgotten = EndMany(world, forgotten: 3_000, remembered: 10_000);
        GC.Collect();

        Assert.Equal(10_000, world.Runtime.Registry.All.Count());
        Assert.InRange(forgotten.Count(session => session.TryGetTarget(out _)), 0, 10); // the last ones may be on a stack
    }

    // Not inlined: what it made must not be held by the test's own frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference<Session>> EndMany(World world, int forgotten, int remembered)
    {
        List<WeakReference<Session>> all = [];
        for (var i = 0; i < forgotten + remembered; i++)
        {
            var record = new SessionRecord
            {
                Id = SessionId.New(), Owner = World.Me, Config = World.Request().Config, Lease = World.Request().Lease, State = SessionState.Closed,
                CreateTime = world.Time.GetUtcNow(), EndTime = world.Time.GetUtcNow(), Revision = 1,
            };
            var session = new Session(record, world.Runtime, world.Time.GetTimestamp());
            world.Runtime.Registry.AddOrGet(session);
            world.Runtime.Registry.Ended(session);
            if (i < forgotten) all.Add(new(session));
        }
        return all;
    }
}
