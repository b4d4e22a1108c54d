using Akool.Ledger.Rows;

namespace Akool.Ledger.Sqlite;

/// <summary>
/// What waits for the next transaction. Waiting writes are bounded: a full queue refuses. Changes are bounded by nature: one for each
/// session, and no session begins while nothing can be written. Safe from any thread.
/// </summary>
internal sealed class WriteQueue(int capacity) : IDisposable
{
    private readonly Lock _gate = new();                  // guards _next and _state, and keeps _filled from being disposed while it is set
    private readonly AutoResetEvent _filled = new(false);
    private WriteBatch _next = new();
    private QueueState _state = QueueState.Suspended;

    /// <summary>Signalled when there is something to take, and when the queue was closed.</summary>
    public WaitHandle Filled => _filled;

    public QueueState State
    {
        get { lock (_gate) return _state; }
    }

    /// <summary>Queues a write; gives null where the queue is full or not open: then nothing was queued.</summary>
    public WaitingWrite? TryAdd(SessionRow row)
    {
        WaitingWrite write;
        lock (_gate)
        {
            if (_state != QueueState.Open || _next.Writes.Count >= capacity) return null;
            write = new WaitingWrite(row);
            _next.Writes.Add(write);
            _filled.Set();
        }

        return write;
    }

    /// <summary>Queues a change in whatever state the queue is, in the place of an older one of its session. False: closed, and not queued.</summary>
    public bool Add(Change change)
    {
        lock (_gate)
        {
            if (_state == QueueState.Closed) return false;
            _next.Keep(change);
            _filled.Set();
        }

        return true;
    }

    /// <summary>Takes all that waits.</summary>
    public WriteBatch Take()
    {
        lock (_gate)
        {
            var batch = _next;
            _next = new WriteBatch();
            return batch;
        }
    }

    /// <summary>Lets writes in.</summary>
    public void Resume() => MoveTo(QueueState.Open);

    /// <summary>
    /// Refuses writes from now on, puts the changes of a failed batch back behind newer ones, and gives all writes that must be told:
    /// those of the batch and those that came since.
    /// </summary>
    public IReadOnlyList<WaitingWrite> Suspend(WriteBatch failed)
    {
        lock (_gate)
        {
            if (_state == QueueState.Open) _state = QueueState.Suspended;
            foreach (var change in failed.Changes.Values) _next.Keep(change);
            WaitingWrite[] refused = [.. failed.Writes, .. _next.Writes];
            _next.Writes.Clear();
            return refused;
        }
    }

    /// <summary>Lets nothing in any more; what is queued can still be taken.</summary>
    public void Close()
    {
        MoveTo(QueueState.Closed);
        _filled.Set();
    }

    public void Dispose() => _filled.Dispose();

    private void MoveTo(QueueState state)
    {
        lock (_gate)
        {
            if (_state != QueueState.Closed) _state = state;
        }
    }
}

/// <summary>What a <see cref="WriteQueue"/> lets in.</summary>
internal enum QueueState
{
    /// <summary>Changes only: nothing can be written now.</summary>
    Suspended,
    Open,

    /// <summary>Nothing, for good.</summary>
    Closed,
}
