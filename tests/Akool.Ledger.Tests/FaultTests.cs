using Akool.Ledger.Sqlite;
using Akool.Sessions;

namespace Akool.Ledger.Tests;

public sealed class FaultTests : IDisposable
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;
    private const int WriteFailed = 4001;
    private const int Recovered = 4002;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PRAGMA query_only=ON", "read-only")]
    [InlineData("PRAGMA max_page_count=20", "full")]
    public async Task A_disk_that_cannot_be_written_refuses_writes_and_recovers_by_itself(string fault, string reason)
    {
        var file = _folder.NewFile();
        await using var ledger = _folder.NewLedger(file);
        await ledger.OpenAsync();
        file.ExtraPragmas = fault;
        var big = Records.Intent() with { Labels = new Dictionary<string, string> { ["pad"] = new('x', 200_000) } };

        var refused = await ledger.RefusedAsync(big);
        Assert.Equal(SessionErrorCode.LedgerUnavailable, refused.Code);
        Assert.Contains(reason, refused.Detail, StringComparison.Ordinal);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.False(ledger.IsWritable);
        var next = await ledger.RefusedAsync(Records.Intent());
        Assert.Equal((SessionErrorCode.LedgerUnavailable, true), (next.Code, next.NothingSent)); // it was not even queued, so that there is nothing to forget
        Assert.False(refused.NothingSent);

        file.ExtraPragmas = "";
        _folder.Time.Advance(LedgerWriter.RetryFloor);
        await _folder.Log.SawAsync(Recovered);

        Assert.True(ledger.IsWritable);
        await ledger.WriteAsync(big);
    }

    [Fact]
    public async Task A_ledger_whose_directory_is_gone_refuses_writes_and_goes_on_when_it_is_back()
    {
        var before = Records.Intent();
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(before);

        Directory.Move(_folder.At("data"), _folder.At("hidden"));
        Assert.Contains("gone", (await ledger.RefusedAsync(Records.Intent())).Detail, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.At("data"));
        _folder.Time.Advance(LedgerWriter.RetryFloor);
        await _folder.Log.SawAsync(WriteFailed, count: 2);
        Assert.False(File.Exists(_folder.File), "an empty ledger was made in the place of the one that is gone");

        Directory.Delete(_folder.At("data"));
        Directory.Move(_folder.At("hidden"), _folder.At("data"));
        _folder.Time.Advance(LedgerWriter.RetryFloor * 2);
        await _folder.Log.SawAsync(Recovered);
        await ledger.WriteAsync(Records.Intent());

        Assert.Equal(2, _folder.Ask<long>("SELECT count(*) FROM sessions"));
        Assert.Equal(1, _folder.Ask<long>($"SELECT count(*) FROM sessions WHERE id = '{before.Id}'"));
    }

    [Fact]
    public async Task A_file_that_another_process_keeps_locked_refuses_writes_until_it_lets_go()
    {
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        using var other = _folder.Connect();
        other.Run("BEGIN IMMEDIATE");

        Assert.Contains("locked", (await ledger.RefusedAsync(Records.Intent())).Detail, StringComparison.Ordinal);

        other.Run("COMMIT");
        _folder.Time.Advance(LedgerWriter.RetryFloor);
        await _folder.Log.SawAsync(Recovered);
        await ledger.WriteAsync(Records.Intent());
    }

    [Fact]
    public async Task What_was_posted_while_the_disk_failed_is_written_when_it_is_back_and_the_latest_holds()
    {
        var first = Records.Full();
        var file = _folder.NewFile();
        await using var ledger = _folder.NewLedger(file);
        await ledger.OpenAsync();
        file.ExtraPragmas = "PRAGMA query_only=ON";

        ledger.Post(first);
        await _folder.Log.SawAsync(WriteFailed);
        ledger.Post(first.Ended(TestFolder.Now));
        _folder.Time.Advance(LedgerWriter.RetryFloor);
        await _folder.Log.SawAsync(WriteFailed, count: 2);
        ledger.Post(first);
        file.ExtraPragmas = "";
        _folder.Time.Advance(LedgerWriter.RetryFloor * 2);
        await _folder.Log.SawAsync(Recovered);

        Assert.Equal("closed", _folder.Ask<string>("SELECT state FROM sessions"));
    }

    [Fact]
    public async Task Tries_grow_apart_up_to_five_seconds()
    {
        var file = _folder.NewFile();
        await using var ledger = _folder.NewLedger(file);
        await ledger.OpenAsync();
        file.ExtraPragmas = "PRAGMA query_only=ON";

        ledger.Post(Records.Intent());
        for (var failure = 1; failure <= 9; failure++)
        {
            await _folder.Log.SawAsync(WriteFailed, failure);
            var wait = TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(5).Ticks, TimeSpan.FromMilliseconds(100).Ticks << (failure - 1)));
            Assert.Contains($"next try in {wait}", _folder.Log.Seen.Last(one => one.Id == WriteFailed).Text, StringComparison.Ordinal);
            _folder.Time.Advance(wait);
        }
    }

    [Fact]
    public async Task A_file_that_is_cut_short_refuses_writes_and_says_so()
    {
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => ledger.WriteAsync(Records.Full(), Test))).WaitAsync(TestLimits.Hang, Test);
        using (var other = _folder.Connect()) other.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        using (var raw = File.Open(_folder.File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) raw.SetLength(8192);

        var refused = await ledger.RefusedAsync(Records.Intent());

        Assert.Contains("damaged", refused.Detail, StringComparison.Ordinal);
        Assert.False(ledger.IsWritable);
    }

    [Fact]
    public async Task A_failed_write_logs_no_secret()
    {
        var file = _folder.NewFile();
        await using var ledger = _folder.NewLedger(file);
        await ledger.OpenAsync();
        file.ExtraPragmas = "PRAGMA query_only=ON";

        await ledger.RefusedAsync(Records.Full());

        Assert.DoesNotContain(_folder.Log.Seen, one => one.Text.Contains("secret", StringComparison.Ordinal) || one.Text.Contains("persona", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Closing_while_the_disk_fails_says_how_much_is_lost()
    {
        var file = _folder.NewFile();
        var ledger = _folder.NewLedger(file);
        await ledger.OpenAsync();
        file.ExtraPragmas = "PRAGMA query_only=ON";
        ledger.Post(Records.Intent());
        ledger.Post(Records.Intent());

        await ledger.DisposeAsync().AsTask().WaitAsync(TestLimits.Hang, Test);

        Assert.Contains(_folder.Log.Seen, one => one.Text.Contains("closed with 2 changes", StringComparison.Ordinal));
    }
}
