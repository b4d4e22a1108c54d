using System.Text.Json.Nodes;
using Akool.Emulator.Rest;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Emulator.Tests.Sessions;

public sealed class ChargeLedgerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_session_costs_from_its_opening_to_its_end_by_begun_seconds()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { QueueingTime = TimeSpan.FromSeconds(3), Time = _time });
        using var caller = new Caller(akool);
        var opened = _time.GetUtcNow();
        var id = (await caller.CreateAsync()).Id;

        _time.Advance(TimeSpan.FromSeconds(9.2));
        var open = Assert.Single(akool.Ledger.Open);
        await caller.CodeAsync(RestOperation.CloseSession, body: new JsonObject { ["id"] = id });
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((id, 10, 2, false), (open.Id, open.SecondsCharged, open.Status, open.IsForeign));
        Assert.Empty(akool.Ledger.Open);
        var ended = Assert.Single(akool.Ledger.All);
        Assert.Equal((opened, opened + TimeSpan.FromSeconds(9.2), 3, 10), (ended.OpenedAt, ended.EndedAt, ended.Status, ended.SecondsCharged));
        Assert.Equal(10, akool.Ledger.SecondsCharged);
    }

    [Fact]
    public async Task A_foreign_session_costs_too_and_can_be_closed_by_anybody()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Time = _time });
        using var caller = new Caller(akool);

        var id = akool.Ledger.AddForeign();
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(Assert.Single(akool.Ledger.Open).IsForeign);
        Assert.Equal(2, akool.Ledger.SecondsCharged);
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.CloseSession, body: new JsonObject { ["id"] = id }));
        Assert.Empty(akool.Ledger.Open);
    }

    [Fact]
    public async Task A_second_close_costs_nothing_more()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Time = _time });
        using var caller = new Caller(akool);
        var id = (await caller.CreateAsync()).Id;

        _time.Advance(TimeSpan.FromSeconds(1));
        await caller.CodeAsync(RestOperation.CloseSession, body: new JsonObject { ["id"] = id });
        _time.Advance(TimeSpan.FromSeconds(60));
        await caller.CodeAsync(RestOperation.CloseSession, body: new JsonObject { ["id"] = id });

        Assert.Equal(1, akool.Ledger.SecondsCharged);
    }

    [Fact]
    public async Task Who_waits_for_the_last_session_is_told_when_it_ends()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        var some = akool.Ledger.OpenAtLeastAsync(2);
        var (one, two) = (akool.Ledger.AddForeign(), akool.Ledger.AddForeign());
        await some.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        var (single, none) = (akool.Ledger.OpenAtMostAsync(1), akool.Ledger.OpenAtMostAsync());
        akool.EndSession(one);
        await single.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        var early = none.IsCompleted;
        akool.EndSession(two, failed: true);
        await none.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        Assert.False(early);
        Assert.Equal([4, 3], akool.Ledger.All.Select(session => session.Status));
    }

    [Fact]
    public async Task Ended_sessions_beyond_the_limit_are_forgotten_but_stay_paid()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { EndedSessionsKept = 1, Time = _time });
        using var caller = new Caller(akool);
        var ids = new[] { akool.Ledger.AddForeign(), akool.Ledger.AddForeign() };
        _time.Advance(TimeSpan.FromSeconds(5));

        foreach (var id in ids) akool.EndSession(id);

        Assert.Equal([ids[1]], akool.Ledger.All.Select(session => session.Id));
        Assert.Equal(2, akool.Ledger.Created);
        Assert.Equal(1216, await caller.CodeAsync(RestOperation.SessionDetail, $"?id={ids[0]}"));
        Assert.Equal(10, akool.Ledger.SecondsCharged);
    }
}
