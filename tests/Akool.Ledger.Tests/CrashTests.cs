using Akool.Ledger.Sqlite;
using Akool.Sessions;

namespace Akool.Ledger.Tests;

public sealed class CrashTests : IDisposable
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whatever_was_confirmed_before_a_kill_is_there_after_it()
    {
        var confirmed = new System.Collections.Concurrent.ConcurrentBag<SessionRecord>();
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        using var reader = _folder.Connect();
        // A reader from before the first write keeps the checkpoint out of the database file, so that a copy in two steps is as of one moment.
        reader.Run("BEGIN; SELECT count(*) FROM sessions");
        var enough = new TaskCompletionSource();
        var writing = Parallel.ForAsync(0, 3000, new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Test }, async (_, cancellation) =>
        {
            var record = Records.Full() with { Id = SessionId.New() };
            if (!(await ledger.WriteAsync(record, cancellation)).IsOk) return;
            confirmed.Add(record);
            if (confirmed.Count >= 500) enough.TrySetResult();
        });

        await enough.Task.WaitAsync(TestLimits.Hang, Test);
        var before = confirmed.ToList();
        File.Copy(_folder.File, _folder.At("copy.db"));
        File.Copy(_folder.Wal, _folder.At("copy.db-wal"));
        var found = await OpenCopyAsync();

        Assert.Empty(before.Ids().Except(found.Ids()));
        await writing.WaitAsync(TestLimits.Hang, Test);
    }

    [Fact]
    public async Task A_log_that_is_torn_in_its_last_commit_gives_all_before_it()
    {
        var first = Records.Full();
        var second = Records.Full();
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(first);
        var length = new FileInfo(_folder.Wal).Length;
        await ledger.WriteAsync(second);

        File.Copy(_folder.File, _folder.At("copy.db"));
        File.Copy(_folder.Wal, _folder.At("copy.db-wal"));
        using (var wal = File.Open(_folder.At("copy.db-wal"), FileMode.Open)) wal.SetLength(length + 1000);

        Assert.Equal(first.Id, Assert.Single(await OpenCopyAsync()).Id);
    }

    private async Task<IReadOnlyList<SessionRecord>> OpenCopyAsync()
    {
        await using var copy = _folder.NewLedger(new SqliteFile($"Data Source={_folder.At("copy.db")}"));
        return await copy.OpenAsync();
    }
}
