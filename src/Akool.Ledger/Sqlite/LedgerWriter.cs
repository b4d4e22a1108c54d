using Akool.Sessions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Akool.Ledger.Sqlite;

/// <summary>
/// The only writer of the file. <see cref="Run"/> is its thread: it takes all that waits, writes it in one transaction, tells those who
/// wait, and takes what has come meanwhile; the disk's own pace makes the batches. After a failure writes are refused at once, and the
/// writer alone tries again, with growing waits and a new connection, until the disk answers.
/// </summary>
internal sealed class LedgerWriter(SqliteFile file, WriteQueue queue, TimeProvider time, LedgerTelemetry telemetry, ILogger log) : IDisposable
{
    /// <summary>First wait after a failed write; doubled up to <see cref="RetryCap"/>.</summary>
    public static readonly TimeSpan RetryFloor = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between two tries.</summary>
    public static readonly TimeSpan RetryCap = TimeSpan.FromSeconds(5);

    /// <summary>How often ended sessions are looked through.</summary>
    public static readonly TimeSpan PurgePeriod = TimeSpan.FromMinutes(1);

    /// <summary>How long an ended session is kept: request ids count for 24 h, and an hour lets clocks differ.</summary>
    public static readonly TimeSpan KeepEnded = TimeSpan.FromHours(25);

    /// <summary>Rows of one purge: about a millisecond of the writer's time.</summary>
    private const int PurgeRows = 500;

    private readonly AutoResetEvent _tick = new(false);
    private WriteConnection? _connection;
    private ITimer? _timer;
    private int _failures;
    private long _commits;

    /// <summary>Transactions since the start.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Writes until the queue is closed and one last try was made at what was in it. Blocks: it wants a thread of its own.</summary>
    public void Run()
    {
        using var timer = time.CreateTimer(_ => _tick.Set(), null, PurgePeriod, PurgePeriod);
        _timer = timer;
        WaitHandle[] either = [_tick, queue.Filled]; // the first wins: a steady load must not keep the tick out
        while (queue.State != QueueState.Closed)
        {
            // While it fails only the timer and the end wake it: each new change would be one more try.
            var ticked = WaitHandle.WaitAny(either) == 0;
            if (_failures > 0 && !ticked && queue.State != QueueState.Closed) continue;
            while (WriteOnce() && ticked && PurgeOnce()) { }
        }

        WriteOnce();
        var lost = queue.Take().Changes.Count;
        if (lost > 0) Log.LedgerClosedWithLoss(log, lost);
        Disconnect();
    }

    public void Dispose() => _tick.Dispose();

    private bool WriteOnce()
    {
        var batch = queue.Take();
        if (batch.IsEmpty && _failures == 0) return true;
        return Try(batch, connection =>
        {
            var started = time.GetTimestamp();
            connection.Commit(batch);
            Interlocked.Increment(ref _commits);
            telemetry.Written(batch.Writes.Count + batch.Changes.Count, time.GetElapsedTime(started));
            foreach (var write in batch.Writes) write.Complete(Result.Done);
        });
    }

    /// <summary>Deletes a few; whether there may be more.</summary>
    private bool PurgeOnce()
    {
        var purged = 0;
        Try(new WriteBatch(), connection => purged = connection.Purge(time.GetUtcNow() - KeepEnded, PurgeRows));
        return purged == PurgeRows;
    }

    private bool Try(WriteBatch batch, Action<WriteConnection> work)
    {
        try
        {
            if (!file.IsInPlace) throw new FileNotFoundException();
            work(_connection ??= new WriteConnection(file));
        }
        catch (Exception e) // whatever it was, the writer must live on: without it no session could begin or end
        {
            Fail(batch, e);
            return false;
        }

        if (_failures > 0) Recover();
        return true;
    }

    private void Fail(WriteBatch batch, Exception cause)
    {
        Disconnect();
        _failures++;
        telemetry.Failed();
        var delay = TimeSpan.FromTicks(Math.Min(RetryCap.Ticks, RetryFloor.Ticks << Math.Min(_failures - 1, 16)));
        _timer!.Change(delay, PurgePeriod);
        var reason = SqliteFile.ReasonOf(cause);
        var refused = queue.Suspend(batch);
        Log.LedgerWriteFailed(log, _failures, reason, refused.Count, batch.Changes.Count, delay, cause);
        foreach (var write in refused) write.Complete(SqliteLedger.Unavailable($"the session ledger cannot be written: {reason}"));
    }

    private void Recover()
    {
        _timer!.Change(PurgePeriod, PurgePeriod);
        queue.Resume();
        Log.LedgerRecovered(log, _failures);
        _failures = 0;
    }

    private void Disconnect()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (SqliteException)
        {
            // It is given up because it failed, which was logged; that it cannot even roll back says no more.
        }

        _connection = null;
    }
}
