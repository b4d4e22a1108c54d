namespace Akool.Sessions.Tests.Life;

/// <summary>Request ids that only the ledger knows, since too many sessions have ended to be remembered.</summary>
public sealed class RecallTests
{
    private const int Remembered = 10_000;

    [Theory]
    [InlineData(false, SessionState.Closed, null)]
    [InlineData(true, null, SessionErrorCode.SessionNotActive)]
    public async Task A_repeat_of_a_session_that_has_ended_makes_no_other(bool wait, SessionState? state, SessionErrorCode? refused)
    {
        await using var world = await World.StartAsync();
        var first = await world.CreateAsync(World.Request("r"));
        await world.Sessions.CloseAsync(World.Me, first.Value.Record.Id, wait: true, CancellationToken.None).WaitAsync(World.Hang);
        ForgetAll(world);

        var again = await world.CreateAsync(World.Request("r", wait: wait));

        Assert.Equal((state, refused, 1), (again.IsOk ? again.Value.Record.State : null, again.Error?.Code, world.Akool.Creates));
    }

    [Fact]
    public async Task An_intent_that_is_no_session_here_is_none_to_a_repeat()
    {
        await using var world = await World.StartAsync();
        SessionRecord? left = null;
        world.Ledger.OnWrite = (number, record) =>
        {
            left ??= record;
            return Task.FromResult<SessionError?>(null);
        };
        world.Akool.OnCreate = (number, _) => Task.FromResult(number == 1
            ? (Result<Ports.UpstreamSession>)new SessionError(SessionErrorCode.UpstreamCreditsExhausted, "none left") { UpstreamCode = 1006 }
            : world.Akool.Make());
        await world.CreateAsync(World.Request("r"));
        world.Ledger.Post(left!); // a disk that is full does not delete it
        ForgetAll(world);

        var again = await world.CreateAsync(World.Request("r"));

        Assert.Equal((SessionState.Active, 2), (again.Value.Record.State, world.Akool.Creates));
    }

    [Fact]
    public async Task An_intent_that_a_slow_disk_has_written_after_all_is_forgotten()
    {
        await using var world = await World.StartAsync();
        world.Ledger.OnWrite = (_, record) =>
        {
            world.Ledger.Post(record);
            return Task.FromResult<SessionError?>(FakeLedger.Broken);
        };

        var refused = await world.CreateAsync(World.Request("r"));

        Assert.Equal(FakeLedger.Broken, refused.Error);
        world.AssertNothingLeft();
    }

    private static void ForgetAll(World world)
    {
        for (var i = 0; i < Remembered; i++)
        {
            var record = new SessionRecord
            {
                Id = SessionId.New(), Owner = World.Other, Config = World.Request().Config, Lease = World.Request().Lease, State = SessionState.Closed,
                CreateTime = world.Time.GetUtcNow(), EndTime = world.Time.GetUtcNow(), Revision = 1,
            };
            Ended(world, new Session(record, world.Runtime, world.Time.GetTimestamp()));
        }
        if (!world.Runtime.Registry.HasForgotten) Ended(world, world.Runtime.Registry.All.First());
        Assert.True(world.Runtime.Registry.HasForgotten);
        Assert.Null(world.Runtime.Registry.FindRequest(World.Me, "r"));
    }

    private static void Ended(World world, Session session)
    {
        world.Runtime.Registry.AddOrGet(session);
        world.Runtime.Registry.Ended(session);
    }
}
