namespace Akool.Sessions.Chat;

/// <summary>What became of an event that was offered to an outbox.</summary>
internal enum Offered
{
    Queued,

    /// <summary>The client is slow and asked for answers to be dropped; a gap stands for it.</summary>
    Dropped,

    /// <summary>The client is slow and the outbox is full: the stream has to end.</summary>
    Full,

    /// <summary>The stream is ending; nothing more is taken.</summary>
    Completed,
}

/// <summary>
/// The events that wait for one stream's client, bounded by bytes, and the one writer that hands them on. The writer is no task of its own: whoever
/// calls <see cref="Kick"/> first writes until the queue is empty or the client makes it wait, so an idle stream holds nothing.
/// </summary>
internal sealed class StreamOutbox(IChatSink sink, int maxBytes, bool dropAnswers)
{
    // Under DROP_ANSWERS what is never dropped may still fill the queue up to this many times its bound; then the stream ends.
    private const int HardBoundFactor = 2;

    private static readonly SessionError Left = new(SessionErrorCode.Canceled, "the call is over");

    private readonly Lock _gate = new(); // guards all fields
    private readonly Queue<ChatEvent> _queue = new();
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SessionError?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;
    private long _allowance;
    private GapEvent? _gap;
    private TaskCompletionSource? _idle;
    private bool _writing;
    private bool _completing;
    private SessionError? _error;

    /// <summary>Bytes that wait for the client.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Something was offered since the writer was last woken. Its hub's lock guards it.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Done when nothing more will be written; its result is why the stream ended, null for a good end.</summary>
    public Task<SessionError?> Completion => _completion.Task;

    /// <summary>Done when nothing more is taken. A client that does not read keeps what is queued from being written for ever: give the rest a limit.</summary>
    public Task Ending => _ending.Task;

    /// <summary>Queues an event that is owed whatever the bound (what a resume replays, and what is about this stream alone).</summary>
    public void OfferAlways(ChatEvent chatEvent)
    {
        lock (_gate)
        {
            if (_completing) return;
            _allowance += chatEvent.Cost;
            Enqueue(chatEvent);
        }
    }

    /// <summary>Queues an event, or says why not. Call <see cref="Kick"/> after it, outside all locks.</summary>
    public Offered Offer(ChatEvent chatEvent)
    {
        lock (_gate)
        {
            if (_completing) return Offered.Completed;
            var room = maxBytes + _allowance - _bytes - chatEvent.Cost;
            if (room >= 0 || !_writing || _queue.Count == 0) // only a client that a write waits for is slow, and one event may be larger than the bound
            {
                Enqueue(chatEvent);
                return Offered.Queued;
            }
            if (!dropAnswers) return Offered.Full;
            if (chatEvent is AnswerEvent)
            {
                Widen(chatEvent);
                return Offered.Dropped;
            }
            if (room + maxBytes * (HardBoundFactor - 1) < 0) return Offered.Full;
            Enqueue(chatEvent);
            return Offered.Queued;
        }
    }

    /// <summary>No more events: the stream ends well once those queued are written. Call <see cref="Kick"/> after it.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_completing) return;
            if (_gap is not null) Enqueue(null);
            BeginEnding();
        }
    }

    /// <summary>No more events: the stream ends with an error. Those queued are written first where <paramref name="writeQueued"/>, else dropped.</summary>
    public void Fail(SessionError error, bool writeQueued)
    {
        lock (_gate)
        {
            if (_completing && writeQueued) return; // it ends already, and as well as it can
            if (_gap is not null && writeQueued) Enqueue(null);
            error = _error ??= error;
            BeginEnding();
            if (writeQueued) return;
            _queue.Clear();
            _bytes = 0;
        }
        // A client that does not read keeps the writer waiting for ever; its stream must end all the same.
        _completion.TrySetResult(error);
    }

    /// <summary>The call is over: what is queued is not written any more; the log has it.</summary>
    public void Abandon() => Fail(Left, writeQueued: false);

    /// <summary>Writes what is queued, unless somebody does. Never waits for the client. Call it outside all locks.</summary>
    public void Kick()
    {
        lock (_gate)
        {
            if (_writing || (_queue.Count == 0 && !_completing)) return;
            _writing = true;
        }
        _ = WriteAsync(); // never fails, and tells its end by Writer
    }

    /// <summary>Done when no write is under way. A client that does not read can keep it waiting. The stream's owner awaits it at the end.</summary>
    public Task Writer
    {
        get
        {
            lock (_gate) return _writing ? (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (TryTake(out var chatEvent, out var more)) await sink.WriteAsync(chatEvent, more);
        }
        catch (Exception gone) // whatever the transport throws means that the client is gone; what it missed is in the log
        {
            Fail(new SessionError(SessionErrorCode.Canceled, $"the client is gone ({gone.GetType().Name})"), writeQueued: false);
            lock (_gate) Rest();
        }
    }

    private bool TryTake(out ChatEvent chatEvent, out bool more)
    {
        lock (_gate)
        {
            if (_queue.TryDequeue(out chatEvent!))
            {
                _bytes -= chatEvent.Cost;
                if (_bytes <= maxBytes) _allowance = 0;
                more = _queue.Count > 0;
                return true;
            }
            more = false;
            Rest();
            if (_completing) _completion.TrySetResult(_error); // under the lock: whoever comes next may offer more before it ends
        }
        return false;
    }

    // Under _gate.
    private void BeginEnding()
    {
        _completing = true;
        _ending.TrySetResult();
    }

    // Under _gate.
    private void Rest()
    {
        _writing = false;
        _idle?.SetResult();
        _idle = null;
    }

    // Under _gate. Null: only the gap that waits.
    private void Enqueue(ChatEvent? chatEvent)
    {
        if (_gap is { } gap)
        {
            _gap = null;
            Enqueue(gap);
        }
        if (chatEvent is null) return;
        _queue.Enqueue(chatEvent);
        _bytes += chatEvent.Cost;
    }

    // Under _gate. The gap takes the place of all answers dropped since something was last queued.
    private void Widen(ChatEvent dropped) => _gap = new GapEvent
    {
        Sequence = dropped.Sequence, Time = dropped.Time, FirstSequence = _gap?.FirstSequence ?? dropped.Sequence, LastSequence = dropped.Sequence,
    };
}
