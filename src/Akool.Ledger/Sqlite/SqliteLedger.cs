using Akool.Ledger.Rows;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Akool.Ledger.Sqlite;

/// <summary>
/// The ledger in a SQLite file: write-ahead log, every commit synced, one writer thread that this owns from <see cref="OpenAsync"/>
/// to <see cref="DisposeAsync"/>, reads on a connection of their own. Safe from any thread.
/// </summary>
internal sealed class SqliteLedger(SqliteFile file, TimeProvider time, LedgerTelemetry telemetry, ILogger log, int queueCapacity = SqliteLedger.QueueCapacity)
    : ISessionLedger, IAsyncDisposable
{
    /// <summary>Writes that may wait at once; more are refused. At 2 000 sessions a second this is four seconds of a disk that stands still.</summary>
    public const int QueueCapacity = 8192;

    /// <summary>How long a write waits for a disk that does not answer.</summary>
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long closing waits for what is queued.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly WriteQueue _queue = new(queueCapacity);
    private readonly ReadConnection _reads = new(file);
    private LedgerWriter? _writer;
    private Task? _writing;

    /// <inheritdoc/>
    public bool IsWritable => _queue.State == QueueState.Open;

    /// <summary>Transactions that were committed.</summary>
    internal long Commits => _writer?.Commits ?? 0;

    /// <inheritdoc/>
    public async Task<Result<IReadOnlyList<SessionRecord>>> OpenAsync(DateTimeOffset endedSince, CancellationToken cancellation)
    {
        if (_writing is not null) throw new InvalidOperationException("the ledger is open");
        try
        {
            if (file.Prepare() is { } fault) return Refused(fault);
            int migrated;
            using (var connection = file.Open()) migrated = Schema.Migrate(connection, Schema.Steps);
            var records = await _reads.LoadAsync(endedSince, cancellation);
            _writer = new LedgerWriter(file, _queue, time, telemetry, log);
            _queue.Resume();
            _writing = Task.Factory.StartNew(_writer.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Log.LedgerOpened(log, records.Count, migrated);
            return Result.Ok(records);
        }
        catch (LedgerRefusedException e)
        {
            return Refused($"{file.Location}: {e.Message}");
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Refused($"{file.Location}: {SqliteFile.ReasonOf(e)} ({e.Message}); nothing in it was changed");
        }
    }

    /// <inheritdoc/>
    public async Task<Result<Done>> WriteAsync(SessionRecord record, CancellationToken cancellation)
    {
        if (_queue.TryAdd(SessionRow.From(record)) is not { } write)
            return Unavailable(IsWritable ? "more sessions begin than the session ledger can write" : "the session ledger cannot be written now") with { NothingSent = true };
        try
        {
            return await write.Written.WaitAsync(WriteLimit, time, cancellation);
        }
        catch (TimeoutException)
        {
            return Unavailable($"the session ledger's disk did not answer within {WriteLimit.TotalSeconds:0} s");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new SessionError(SessionErrorCode.Canceled, "the caller left before the session was in the ledger");
        }
    }

    /// <inheritdoc/>
    public void Post(SessionRecord record) => Queue(new(SessionRow.From(record), Forgets: false));

    /// <inheritdoc/>
    public void Forget(SessionRecord record) => Queue(new(SessionRow.From(record), Forgets: true));

    /// <inheritdoc/>
    public async Task<Result<SessionRecord?>> FindByRequestIdAsync(OwnerId owner, string requestId, DateTimeOffset since, CancellationToken cancellation)
    {
        try
        {
            return await _reads.FindAsync(owner, requestId, since, cancellation);
        }
        catch (Exception e) when (e is SqliteException or IOException or InvalidDataException)
        {
            Log.LedgerReadFailed(log, SqliteFile.ReasonOf(e), e);
            return Unavailable($"the session ledger cannot be read: {SqliteFile.ReasonOf(e)}");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new SessionError(SessionErrorCode.Canceled, "the caller left");
        }
    }

    /// <summary>Writes what is queued, once, and closes the file; gives up after 10 s.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        _reads.Dispose();
        try
        {
            if (_writing is not null) await _writing.WaitAsync(CloseLimit, time);
        }
        catch (TimeoutException)
        {
            // The thread is inside a system call; what it holds is left to the process's end.
            Log.LedgerCloseTimedOut(log, CloseLimit);
            return;
        }

        _writer?.Dispose();
        _queue.Dispose();
    }

    internal static SessionError Unavailable(string detail) => new(SessionErrorCode.LedgerUnavailable, detail) { RetryAfter = RetryAfter };

    private static SessionError Refused(string why) => new(SessionErrorCode.LedgerUnavailable, $"the ledger cannot be opened: {why}.");

    private void Queue(Change change)
    {
        if (!_queue.Add(change)) Log.LedgerClosedWithLoss(log, 1);
    }
}
