namespace Akool.Sessions.Chat;

/// <summary>
/// What a session's chat tells: writes each event once, with its sequence, into the log and to the outbox of every stream that may see it.
/// Not safe for threads: its hub's lock guards it.
/// </summary>
internal sealed class HubEvents(ChatLimits limits, TimeProvider time, Telemetry telemetry)
{
    private readonly EventLog _log = new(limits.ResumeBytes);
    private readonly Stack<StreamOutbox> _dirty = new();
    private readonly List<ChatStream> _streams = [];
    private readonly long _window = time.After(0, limits.ResumeWindow);
    private List<ChatStream>? _observers;
    private long _ackedByAll;

    /// <summary>All streams that can be continued, attached or not, in the order of their first attach.</summary>
    public IReadOnlyList<ChatStream> Streams => _streams;

    /// <summary>The last sequence that the log has lost before all had acknowledged it.</summary>
    public long LostTo { get; private set; }

    /// <summary>The last sequence given out.</summary>
    public long LastSequence { get; private set; }

    /// <summary>A part was taken, or seen before. Where no stream wants to know, it is no event at all.</summary>
    public void Accepted(ChatStream stream, in TurnPart part, bool duplicate)
    {
        if (!stream.Acknowledges && (duplicate || _observers is null)) return;
        Publish(stream, new TurnAcceptedEvent
        {
            Sequence = ++LastSequence, Time = time.GetUtcNow(), At = time.GetTimestamp(), StreamId = stream.Id, Stream = stream.Number, TurnId = part.TurnId,
            PartIndex = part.PartIndex, Text = part.Text, Duplicate = duplicate,
        });
    }

    public void Rejected(ChatStream stream, string turnId, SessionError problem) => Publish(stream, new TurnRejectedEvent
    {
        Sequence = ++LastSequence, Time = time.GetUtcNow(), At = time.GetTimestamp(), StreamId = stream.Id, Stream = stream.Number, TurnId = turnId, Problem = problem,
    });

    public void Answered(Turn turn, int index, string text, long now) => Publish(turn.Stream, new AnswerEvent
    {
        Sequence = ++LastSequence, Time = time.GetUtcNow(), At = now, StreamId = turn.Stream.Id, Stream = turn.Stream.Number, TurnId = turn.Id, Index = index, Text = text,
    });

    public void Ended(Turn turn, TurnOutcome outcome, SessionError? problem) => Publish(turn.Stream, new TurnEndedEvent
    {
        Sequence = ++LastSequence, Time = time.GetUtcNow(), At = time.GetTimestamp(), StreamId = turn.Stream.Id, Stream = turn.Stream.Number, TurnId = turn.Id,
        Outcome = outcome, Problem = problem, FirstAnswerLatency = turn.FirstAnswerLatency, AnswerCount = turn.Answers,
    });

    public void SessionChanged(SessionSnapshot session) => Publish(null, new SessionChangedEvent
    {
        Sequence = ++LastSequence, Time = time.GetUtcNow(), At = time.GetTimestamp(), Session = session,
    });

    public void GoAway(GoAwayReason reason, TimeSpan timeLeft) => Publish(null, new GoAwayEvent
    {
        Sequence = ++LastSequence, Time = time.GetUtcNow(), At = time.GetTimestamp(), Reason = reason, TimeLeft = timeLeft,
    });

    public void Pong(ChatStream stream, ClientTime? clientTime)
    {
        var pong = new PongEvent { Time = time.GetUtcNow(), ClientTime = clientTime };
        if (stream.Outbox is { } outbox) Took(stream, outbox, outbox.Offer(pong));
    }

    /// <summary>Gives a stream that joins its first events: Attached, then for a resume the Gap of what is gone and all that is kept.</summary>
    public void Join(ChatStream stream, SessionSnapshot session, string epoch, long after, ResumeOutcome outcome)
    {
        var outbox = stream.Outbox!;
        var isResume = outcome is ResumeOutcome.Resumed;
        var from = isResume ? Math.Max(after, stream.Acked) : LastSequence;
        if (isResume && stream.PrunedTo > from) outcome = ResumeOutcome.Partial;
        outbox.OfferAlways(new AttachedEvent
        {
            Time = time.GetUtcNow(), Session = session, ResumePoint = new(epoch, stream.Id, from), Outcome = outcome,
        });
        if (outcome == ResumeOutcome.Partial)
        {
            outbox.OfferAlways(new GapEvent
            {
                Sequence = stream.PrunedTo, Time = time.GetUtcNow(), FirstSequence = from + 1, LastSequence = stream.PrunedTo,
            });
        }
        foreach (var kept in from < LastSequence ? _log.From(from + 1) : [])
            if (stream.MaySee(kept.Stream, kept.Audience)) outbox.OfferAlways(kept);
        Observe(stream, stream.ShowsAll);
        Wake(outbox);
    }

    /// <summary>A new stream, which everything from now on may concern.</summary>
    public void Add(ChatStream stream)
    {
        _streams.Add(stream);
        Trim();
    }

    /// <summary>Nobody comes back for a stream any more.</summary>
    public void Remove(ChatStream stream)
    {
        _streams.Remove(stream);
        Observe(stream, false);
        Trim();
    }

    /// <summary>A stream needs nothing up to here; what none needs is forgotten.</summary>
    public void Acknowledge(ChatStream stream, long sequence)
    {
        var heldBack = stream.Acked <= _ackedByAll;
        stream.Acked = sequence;
        if (heldBack) Trim();
    }

    /// <summary>Forgets events that are older than the resume window; gives when the next one will be, <see cref="MonotonicTime.Never"/> if none is kept.</summary>
    public long Prune(long now)
    {
        while (_log.Count > 0)
        {
            var due = time.After(_log.OldestAt, limits.ResumeWindow);
            if (due > now) return due;
            DropOldest();
        }
        return MonotonicTime.Never;
    }

    /// <summary>Whether an outbox waits for <see cref="TakeDirty"/>. May be read without the lock; then it is sure only of what the reader has done itself.</summary>
    public bool HasDirty => _dirty.Count > 0;

    /// <summary>An outbox in which something waits since the last call; null: none is left. Kick it outside the hub's lock.</summary>
    public StreamOutbox? TakeDirty()
    {
        if (!_dirty.TryPop(out var outbox)) return null;
        outbox.IsDirty = false;
        return outbox;
    }

    /// <summary>Ends a stream's call; what it is owed is written first where <paramref name="error"/> is null or <paramref name="writeQueued"/>.</summary>
    public void End(ChatStream stream, SessionError? error, bool writeQueued = true)
    {
        if (stream.Outbox is not { } outbox) return;
        if (error is null) outbox.Complete();
        else outbox.Fail(error, writeQueued);
        Wake(outbox);
    }

    /// <summary>Ends every stream's call well, after what it is owed. Nobody can join any more: nothing is kept for a resume.</summary>
    public void EndAll()
    {
        foreach (var stream in _streams) End(stream, error: null);
        _log.Clear();
    }

    // Costs what those cost who are shown it, however many streams there are.
    private void Publish(ChatStream? owner, ChatEvent chatEvent)
    {
        _log.Append(chatEvent);
        while (_log.IsOverfull || (_log.Count > 1 && _log.OldestAt + _window <= chatEvent.At)) DropOldest();
        if (owner is null)
        {
            foreach (var stream in _streams) Show(stream, chatEvent);
            return;
        }
        Show(owner, chatEvent);
        if (_observers is null) return;
        foreach (var stream in _observers)
            if (!ReferenceEquals(stream, owner)) Show(stream, chatEvent);
    }

    private void Show(ChatStream stream, ChatEvent chatEvent)
    {
        if (stream.Outbox is { } outbox && stream.MaySee(chatEvent.Stream, chatEvent.Audience)) Took(stream, outbox, outbox.Offer(chatEvent));
    }

    private void Took(ChatStream stream, StreamOutbox outbox, Offered offered)
    {
        switch (offered)
        {
            case Offered.Queued: Wake(outbox); break;
            case Offered.Dropped: telemetry.AnswersDropped.Add(1); break;
            case Offered.Full:
                telemetry.SlowConsumers.Add(1);
                End(stream, new SessionError(SessionErrorCode.SlowConsumer,
                    $"more than {limits.MaxOutboxBytes} bytes of events wait for this client; read faster, or resume from the last sequence dealt with")
                { RetryAfter = TimeSpan.FromSeconds(1) }, writeQueued: false);
                break;
            case Offered.Completed: break;
        }
    }

    private void Wake(StreamOutbox outbox)
    {
        if (outbox.IsDirty) return;
        outbox.IsDirty = true;
        _dirty.Push(outbox);
    }

    private void DropOldest()
    {
        if (!_log.TryDropOldest(out var dropped)) return;
        LostTo = dropped.Sequence;
        if (dropped.Stream == 0)
        {
            foreach (var stream in _streams) NoteLost(stream, dropped);
            return;
        }
        if (Find(dropped.Stream) is { } owner) NoteLost(owner, dropped);
        if (_observers is null) return;
        foreach (var stream in _observers) NoteLost(stream, dropped);
    }

    private static void NoteLost(ChatStream stream, in LoggedEvent dropped)
    {
        if (dropped.Sequence > stream.Acked && stream.MaySee(dropped.Stream, dropped.Audience)) stream.PrunedTo = dropped.Sequence;
    }

    private void Observe(ChatStream stream, bool showsAll)
    {
        _observers?.Remove(stream);
        if (showsAll) (_observers ??= []).Add(stream);
        else if (_observers is { Count: 0 }) _observers = null;
    }

    // The streams stand in the order of their numbers. Null: it could not be continued any more.
    private ChatStream? Find(int number)
    {
        var (low, high) = (0, _streams.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var stream = _streams[middle];
            if (stream.Number == number) return stream;
            if (stream.Number < number) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    // Forgets what every stream has acknowledged.
    private void Trim()
    {
        if (_streams.Count == 0) return;
        _ackedByAll = _streams.Min(static stream => stream.Acked);
        while (_log.Count > 0 && _log.First <= _ackedByAll) _log.TryDropOldest(out _);
    }
}
