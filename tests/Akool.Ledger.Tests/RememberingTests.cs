using Akool.Sessions;

namespace Akool.Ledger.Tests;

public sealed class RememberingTests : IDisposable
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_restart_finds_every_field_of_what_was_written()
    {
        var live = Records.Full();
        var intent = Records.Intent();
        await using (var before = _folder.NewLedger())
        {
            await before.OpenAsync();
            await before.WriteAsync(live);
            await before.WriteAsync(intent);
        }

        await using var after = _folder.NewLedger();
        var found = await after.OpenAsync();

        Assert.Equal(new[] { live, intent }.Ids(), found.Ids());
        Assert.Equal(live.Said(), found.Single(one => one.Id == live.Id).Said());
        Assert.Equal(intent.Said(), found.Single(one => one.Id == intent.Id).Said());
    }

    [Fact]
    public async Task Opening_gives_what_lives_and_what_ended_lately_only()
    {
        var live = Records.Full();
        var lately = Records.Intent().Ended(TestFolder.Now.AddMinutes(-5));
        var failedLately = Records.Intent().Ended(TestFolder.Now.AddMinutes(-6), SessionState.Failed);
        var closing = Records.Intent() with { State = SessionState.Closing, CreateTime = TestFolder.Now.AddDays(-3) };
        var longAgo = Records.Intent().Ended(TestFolder.Now.AddMinutes(-10));
        await using (var before = _folder.NewLedger())
        {
            await before.OpenAsync();
            foreach (var record in (SessionRecord[])[live, lately, failedLately, closing, longAgo]) await before.WriteAsync(record);
        }

        await using var after = _folder.NewLedger();
        var found = await after.OpenAsync(endedSince: TestFolder.Now.AddMinutes(-10));

        Assert.Equal(new[] { live, lately, failedLately, closing }.Ids(), found.Ids());
    }

    [Fact]
    public async Task Of_two_records_the_higher_revision_holds_whatever_the_order()
    {
        var old = Records.Full();
        var young = old with { State = SessionState.Paused, Revision = old.Revision + 1 };
        await using (var before = _folder.NewLedger())
        {
            await before.OpenAsync();
            await before.WriteAsync(young);
            await before.WriteAsync(old);
            before.Post(old);
        }

        await using var after = _folder.NewLedger();
        var found = await after.OpenAsync();

        Assert.Equal(young.Said(), Assert.Single(found).Said());
    }

    [Fact]
    public async Task An_update_writes_all_that_can_change()
    {
        var live = Records.Full();
        var ended = live.Ended(TestFolder.Now);
        var begun = new SessionRecord
        {
            Id = live.Id, Owner = live.Owner, RequestId = live.RequestId, RequestFingerprint = live.RequestFingerprint, Config = live.Config,
            Lease = live.Lease, Labels = live.Labels, CreateTime = live.CreateTime, Revision = 1,
        };

        Assert.Equal(live.Said(), (await FoundAfterAsync(begun, live)).Said());
        Assert.Equal((ended with { Media = null, Room = null }).Said(), (await FoundAfterAsync(ended)).Said()); // the secrets of what has ended are not kept
        Assert.Equal(0, _folder.Ask<long>("SELECT count(*) FROM sessions WHERE terminal = 0"));

        async Task<SessionRecord> FoundAfterAsync(params SessionRecord[] written)
        {
            await using (var before = _folder.NewLedger())
            {
                await before.OpenAsync();
                foreach (var record in written) await before.WriteAsync(record);
            }
            await using var after = _folder.NewLedger();
            return Assert.Single(await after.OpenAsync());
        }
    }

    [Fact]
    public async Task Posts_of_one_session_are_written_as_its_latest_revision_once()
    {
        var first = Records.Intent();
        var file = _folder.NewFile();
        await using var ledger = _folder.NewLedger(file);
        await ledger.OpenAsync();
        await ledger.WriteAsync(first);
        var commits = ledger.Commits;

        using (var other = _folder.Connect())
        {
            other.Run("BEGIN IMMEDIATE"); // the writer waits for this while the posts come in
            for (var revision = 2; revision <= 500; revision++) ledger.Post(first with { Revision = revision });
            ledger.Post(first with { Revision = 3 });
            other.Run("COMMIT");
        }

        await ledger.WriteAsync(Records.Intent());
        Assert.Equal(500, _folder.Ask<long>($"SELECT revision FROM sessions WHERE id = '{first.Id}'"));
        Assert.InRange(ledger.Commits - commits, 1, 3);
    }

    [Fact]
    public async Task What_was_posted_is_written_before_the_ledger_closes()
    {
        var records = Enumerable.Range(0, 300).Select(_ => Records.Intent()).ToList();
        await using (var before = _folder.NewLedger())
        {
            await before.OpenAsync();
            records.ForEach(before.Post);
        }

        await using var after = _folder.NewLedger();
        Assert.Equal(records.Ids(), (await after.OpenAsync()).Ids());
    }

    [Fact]
    public async Task A_closed_ledger_refuses_writes()
    {
        var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.DisposeAsync();

        Assert.Equal(SessionErrorCode.LedgerUnavailable, (await ledger.RefusedAsync(Records.Intent())).Code);
        Assert.False(ledger.IsWritable);
    }

    [Fact]
    public async Task A_forgotten_session_is_gone_and_its_request_id_is_free()
    {
        var intent = Records.Intent("r-1");
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(intent);

        ledger.Forget(intent);
        await ledger.WriteAsync(Records.Intent());

        Assert.Null((await ledger.FindByRequestIdAsync(Records.Owner, "r-1", TestFolder.Now.AddDays(-1), Test)).Value);
        Assert.Equal(1, _folder.Ask<long>("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task A_write_still_queued_does_not_bring_a_forgotten_session_back()
    {
        var intent = Records.Intent();
        await using (var ledger = _folder.NewLedger())
        {
            await ledger.OpenAsync();
            using var other = _folder.Connect();
            other.Run("BEGIN IMMEDIATE");
            ledger.Post(Records.Intent());
            var write = ledger.WriteAsync(intent, Test);
            ledger.Forget(intent);
            other.Run("COMMIT");
            await write.WaitAsync(TestLimits.Hang, Test);
        }

        Assert.Equal(0, _folder.Ask<long>($"SELECT count(*) FROM sessions WHERE id = '{intent.Id}'"));
    }

    [Fact]
    public async Task A_caller_that_leaves_is_answered_at_once()
    {
        using var leaving = new CancellationTokenSource();
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        using var other = _folder.Connect();
        other.Run("BEGIN IMMEDIATE");

        var write = ledger.WriteAsync(Records.Intent(), leaving.Token);
        await leaving.CancelAsync();
        var outcome = await write.WaitAsync(TestLimits.Hang, Test);
        other.Run("COMMIT");

        Assert.Equal(SessionErrorCode.Canceled, outcome.Error?.Code);
    }

    [Fact]
    public async Task The_secrets_of_a_session_are_dropped_when_it_has_ended()
    {
        var live = Records.Full();
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(live);
        Assert.Equal(1, _folder.Ask<long>("SELECT count(*) FROM sessions WHERE media LIKE '%agora-secret%' AND room_client_url LIKE '%client-secret'"));

        await ledger.WriteAsync(live.Ended(TestFolder.Now));

        Assert.Equal(1, _folder.Ask<long>("SELECT count(*) FROM sessions WHERE media IS NULL AND room_client_url IS NULL AND room_server_url IS NULL"));
    }

    [Fact]
    public async Task Sessions_that_ended_a_day_ago_are_purged_and_younger_ones_and_live_ones_kept()
    {
        var old = Enumerable.Range(0, 1200).Select(_ => Records.Intent().Ended(TestFolder.Now.AddHours(-25).AddSeconds(-1))).ToList();
        var young = Records.Intent().Ended(TestFolder.Now.AddHours(-24));
        var live = Records.Intent() with { CreateTime = TestFolder.Now.AddDays(-9) };
        await using (var ledger = _folder.NewLedger())
        {
            await ledger.OpenAsync();
            await Task.WhenAll(old.Append(young).Append(live).Select(record => ledger.WriteAsync(record, Test))).WaitAsync(TestLimits.Hang, Test);
            _folder.Time.Advance(TimeSpan.FromMinutes(1));
            await ledger.WriteAsync(Records.Intent()); // the writer takes the tick before it takes this
        }

        Assert.Equal(0, _folder.Ask<long>($"SELECT count(*) FROM sessions WHERE terminal = 1 AND id <> '{young.Id}'"));
        Assert.Equal(3, _folder.Ask<long>("SELECT count(*) FROM sessions"));
    }
}
