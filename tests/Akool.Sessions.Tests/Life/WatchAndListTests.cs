namespace Akool.Sessions.Tests.Life;

/// <summary>What a caller sees of its sessions: at once, and as they change.</summary>
public sealed class WatchAndListTests
{
    private static readonly Dictionary<string, string> NoLabels = [];

    [Fact]
    public async Task A_watch_tells_the_present_and_then_each_change_in_order()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        using var watch = world.Sessions.Watch(World.Me, session.Id).Value;

        await world.Sessions.PauseAsync(World.Me, session.Id, CancellationToken.None);
        await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        var changes = new List<(SessionState?, SessionState)>();
        await foreach (var change in watch.Changes.ReadAllAsync()) changes.Add((change.Before, change.Session.Record.State));

        Assert.Equal([SessionState.Active], watch.Present.Select(present => present.Record.State));
        Assert.Equal(
            [(SessionState.Active, SessionState.Paused), (SessionState.Paused, SessionState.Closing), (SessionState.Closing, SessionState.Closed)], changes);
        Assert.Null(watch.Error);
    }

    [Fact]
    public async Task A_watch_of_an_ended_session_tells_it_and_is_over()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        using var watch = world.Sessions.Watch(World.Me, session.Id).Value;

        Assert.Single(watch.Present);
        await watch.Changes.Completion.WaitAsync(World.Hang);
    }

    [Fact]
    public async Task A_watch_sees_nothing_of_other_owners()
    {
        await using var world = await World.StartAsync();
        await world.BornAsync(World.Request(owner: World.Other));
        using var watch = world.Sessions.Watch(World.Me, null).Value;

        await world.BornAsync(World.Request(owner: World.Other));
        var mine = await world.BornAsync();

        Assert.Empty(watch.Present);
        Assert.True(watch.Changes.TryRead(out var first));
        Assert.Equal(mine.Id, first.Session.Record.Id);
    }

    [Fact]
    public async Task Nothing_that_the_present_tells_is_told_again_as_a_change()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 100_000, MaxLivePerOwner = 100_000 });
        for (var round = 0; round < 200; round++)
        {
            var session = await world.BornAsync();
            var pausing = Task.Run(() => world.Sessions.PauseAsync(World.Me, session.Id, CancellationToken.None));
            using var watch = world.Sessions.Watch(World.Me, session.Id).Value;
            await pausing;
            await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
            SessionState? state = watch.Present.Single().Record.State;
            await foreach (var change in watch.Changes.ReadAllAsync())
            {
                Assert.Equal(state, change.Before);
                state = change.Session.Record.State;
            }
        }
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_is_ended_and_holds_up_nobody()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 10_000, MaxLivePerOwner = 10_000 });
        using var watch = world.Sessions.Watch(World.Me, null).Value;

        for (var i = 0; i < 5000; i++) await world.BornAsync();

        Assert.Equal(SessionErrorCode.SlowConsumer, watch.Error?.Code);
        Assert.InRange(watch.Changes.Count, 1, 4096);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_drained_gateway_ends_its_watches_and_closes_the_sessions_only_if_it_is_asked_to(bool closeSessions)
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync();
        using var watch = world.Sessions.Watch(World.Me, null).Value;

        var drained = await world.Sessions.Admin.DrainAsync(TimeSpan.Zero, closeSessions, CancellationToken.None).WaitAsync(World.Hang);
        while (watch.Changes.TryRead(out _)) { }
        await watch.Changes.Completion.WaitAsync(World.Hang);

        Assert.Equal(SessionErrorCode.GatewayDraining, watch.Error?.Code);
        Assert.Equal((0, closeSessions ? 1 : 0), drained);
        Assert.Equal(closeSessions ? (SessionState.Closed, 0) : (SessionState.Active, 1), (session.State, world.Akool.Open.Count));
    }

    [Fact]
    public async Task A_list_is_newest_first_and_its_pages_have_no_hole()
    {
        await using var world = await World.StartAsync();
        var all = new List<SessionId>();
        for (var i = 0; i < 25; i++)
        {
            all.Insert(0, (await world.BornAsync()).Id);
            if (i % 3 == 0) world.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        await world.BornAsync(World.Request(owner: World.Other));

        var (found, after) = (new List<SessionSnapshot>(), (SessionCursor?)null);
        do
        {
            var page = world.Sessions.List(new(World.Me, [], NoLabels, 7, after));
            Assert.Equal(25, page.Total);
            found.AddRange(page.Sessions);
            after = page.Next;
            await world.BornAsync(World.Request(owner: World.Other));
        }
        while (after is not null);

        Assert.Equal(all.Order(Comparer<SessionId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value))), found.Select(s => s.Record.Id).Order(Comparer<SessionId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value))));
        Assert.Equal(found.OrderByDescending(s => s.Record.CreateTime).ThenByDescending(s => s.Record.Id.Value, StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task A_list_shows_only_the_states_and_labels_that_were_asked_for()
    {
        await using var world = await World.StartAsync();
        var closed = await world.BornAsync(World.Request(labels: [("a", "1")]));
        var live = await world.BornAsync(World.Request(labels: [("a", "1"), ("b", "2")]));
        await world.BornAsync();
        await world.Sessions.CloseAsync(World.Me, closed.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        Assert.Equal([closed.Id], Ids(world, [SessionState.Closed, SessionState.Failed], NoLabels));
        Assert.Equal([live.Id], Ids(world, [SessionState.Active], new() { ["a"] = "1" }));
        Assert.Equal([live.Id], Ids(world, [], new() { ["a"] = "1", ["b"] = "2" }));
        Assert.Empty(Ids(world, [], new() { ["a"] = "2" }));
    }

    [Fact]
    public async Task An_ended_session_can_be_read_for_a_day_and_no_longer()
    {
        await using var world = await World.StartAsync();
        var session = await world.BornAsync(World.Request("r"));
        await world.Sessions.CloseAsync(World.Me, session.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);

        world.Time.Advance(TimeSpan.FromHours(23.9), TimeSpan.FromMinutes(5));
        var nearlyADay = world.Sessions.Get(World.Me, session.Id).IsOk;
        world.Time.Advance(TimeSpan.FromHours(0.3), TimeSpan.FromMinutes(5));

        Assert.Equal((true, false), (nearlyADay, world.Sessions.Get(World.Me, session.Id).IsOk));
        Assert.Null(world.Runtime.Registry.FindRequest(World.Me, "r"));
    }

    [Fact]
    public async Task A_request_id_counts_for_a_day_even_where_its_session_is_no_longer_held_here()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 100_000, MaxLivePerOwner = 100_000 });
        var first = await world.CreateAsync(World.Request("r"));
        await world.Sessions.CloseAsync(World.Me, first.Value.Record.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        for (var i = 0; i < 10_001; i++)
        {
            var filler = await world.BornAsync();
            await world.Sessions.CloseAsync(World.Me, filler.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        }
        await world.Runtime.Closer.WhenIdleAsync().WaitAsync(World.Hang); // an end is told before the registry lets the oldest go

        var again = await world.CreateAsync(World.Request("r"));

        Assert.Null(world.Runtime.Registry.FindRequest(World.Me, "r"));
        Assert.Equal(first.Value.Record.Id, again.Value.Record.Id);
        Assert.Equal(SessionErrorCode.IdempotencyConflict, (await world.CreateAsync(World.Request("r", avatar: "else"))).Error?.Code);
        Assert.InRange(world.Runtime.Registry.All.Count(), 1, 10_001);
    }

    [Fact]
    public async Task Ten_thousand_begun_and_cancelled_leave_nothing()
    {
        await using var world = await World.StartAsync(new() { MaxLive = 100_000, MaxLivePerOwner = 100_000 });

        await Parallel.ForEachAsync(Enumerable.Range(0, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            using var leaving = new CancellationTokenSource();
            var creating = world.CreateAsync(World.Request(i % 2 == 0 ? $"r{i}" : ""), leaving.Token);
            if (i % 3 == 0) await Task.Yield();
            await leaving.CancelAsync();
            var created = await creating;
            if (created.IsOk) await world.Sessions.CloseAsync(World.Me, created.Value.Record.Id, wait: true, CancellationToken.None);
        });
        // A caller that left is answered before its session is closed, and one of which nothing was begun is in no list meanwhile.
        await world.Runtime.Closer.WhenIdleAsync().WaitAsync(World.Hang);

        Assert.All(world.Runtime.Registry.All, session => Assert.True(session.Record.IsTerminal));
        Assert.Empty(world.Akool.Open);
        Assert.Equal(0, world.Runtime.Admission.Uses[0].Used);
        Assert.All(world.Ledger.Records.Values, record => Assert.True(record.IsTerminal));
        Assert.InRange(world.Runtime.Registry.All.Count(), 0, 10_000);
    }

    private static IEnumerable<SessionId> Ids(World world, SessionState[] states, Dictionary<string, string> labels) =>
        world.Sessions.List(new(World.Me, states, labels, 100, null)).Sessions.Select(session => session.Record.Id);
}
