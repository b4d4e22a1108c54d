namespace Akool.Ledger.Tests;

public sealed class BatchingTests : IDisposable
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_that_waits_goes_into_one_transaction()
    {
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        using var other = _folder.Connect();
        other.Run("BEGIN IMMEDIATE"); // the writer stands before its first transaction

        var writes = Enumerable.Range(0, 1000).Select(_ => ledger.WriteAsync(Records.Full(), Test)).ToList();
        other.Run("COMMIT");
        var outcomes = await Task.WhenAll(writes).WaitAsync(TestLimits.Hang, Test);

        Assert.All(outcomes, outcome => Assert.True(outcome.IsOk));
        Assert.InRange(ledger.Commits, 1, 2); // what the writer had taken when it met the lock, and the rest
        Assert.Equal(1000, _folder.Ask<long>("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task A_thousand_concurrent_writers_share_transactions()
    {
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();

        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 1000, CancellationToken = Test }, async (_, cancellation) =>
            Assert.True((await ledger.WriteAsync(Records.Full(), cancellation)).IsOk)).WaitAsync(TestLimits.Hang, Test);

        Assert.InRange(ledger.Commits, 1, 500);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_what_was_queued_is_written()
    {
        const int Capacity = 64; // so small that the other connection's lock is held a moment only, well within the writer's patience
        await using var ledger = _folder.NewLedger(queueCapacity: Capacity);
        await ledger.OpenAsync();
        using var other = _folder.Connect();
        other.Run("BEGIN IMMEDIATE");
        var record = Records.Intent();

        // Twice the capacity: one batch may be in the writer's hands beside the full queue. Which ones find it full depends on when the writer wakes.
        var writes = Enumerable.Range(0, 2 * Capacity + 1).Select(_ => ledger.WriteAsync(record, Test)).ToList();
        Assert.True(writes.Exists(write => write.IsCompleted), "all wait though the queue is full");
        other.Run("COMMIT");
        var outcomes = await Task.WhenAll(writes).WaitAsync(TestLimits.Hang, Test);

        Assert.InRange(outcomes.Count(outcome => outcome.IsOk), Capacity, 2 * Capacity);
        Assert.All(outcomes.Where(outcome => !outcome.IsOk), outcome => Assert.Contains("more sessions begin", outcome.Error!.Detail, StringComparison.Ordinal));
    }
}
