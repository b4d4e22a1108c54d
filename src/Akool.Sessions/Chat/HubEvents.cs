namespace Akool.Sessions.Chat;

/// <summary>
/// What a session's chat tells: writes each event once, with its sequence, into the log and to the outbox of every stream that may see it.
/// Not safe for threads: its hub's lock guards it.
/// </summary>
internal sealed class HubEvents(ChatLimits limits, TimeProvider time, Telemetry telemetry)
{
    private readonly EventLog _log = new(limits.ResumeBytes);
    private readonly Stack<StreamOutbox> _dirty = new();
    private long _ackedByAll;
    private bool _hasObservers;

    /// <summary>All streams that can be continued, attached or not, in the order of their first attach.</summary>
    public List<ChatStream> Streams { get; } = [];

    /// <summary>The last sequence given out.</summary>
    public long LastSequence { get; private set; }

    /// <summary>A part was taken, or seen before. Where no stream wants to know, it is no event at all.</summary>
    public void Accepted(ChatStream stream, in TurnPart part, bool duplicate)
    {
        if (!stream.Acknowledges && (duplicate || !_hasObservers)) return;
        Publish(stream, new TurnAcceptedEvent
        {
            Sequence = ++LastSequence, Time = time.GetUtcNow(), At = time.GetTimestamp(), StreamId = stream.Id, TurnId = part.TurnId,
            PartIndex = part.PartIndex, Text = part.Text, Duplicate = duplicate,
        });
    }

    public void Rejected(ChatStream stream, string turnId, SessionError problem) => Publish(stream, new TurnRejectedEvent
    {
        Sequence = ++LastSequence, Time = time.GetUtcNow(), At = time.GetTimestamp(), StreamId = stream.Id, TurnId = turnId, Problem = problem,
    });

    public void Answered(Turn turn, int index, string text, long now) => Publish(turn.Stream, new AnswerEvent
    {
        Sequence = ++LastSequence, Time = time.GetUtcNow(), At = now, StreamId = turn.Stream.Id, TurnId = turn.Id, Index = index, Text = text,
    });

    public void Ended(Turn turn, TurnOutcome outcome, SessionError? problem) => Publish(turn.Stream, new TurnEndedEvent
    {
        Sequence = ++LastSequence, Time = time.GetUtcNow(), At = time.GetTimestamp(), StreamId = turn.Stream.Id, TurnId = turn.Id,
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

    public void Pong(ChatStream stream, DateTimeOffset? clientTime)
    {
        var pong = new PongEvent { Time = time.GetUtcNow(), ClientTime = clientTime };
        if (stream.Outbox is { } outbox) Took(stream, outbox, outbox.Offer(pong));
    }

    /// <summary>Gives a stream that joins its first events: Attached, then for a resume the Gap of what is gone and all that is kept.</summary>
    public void Join(ChatStream stream, SessionSnapshot session, string epoch, long after, ResumeOutcome outcome)
    {
        var outbox = stream.Outbox!;
        var isResume = outcome is ResumeOutcome.Resumed;
        if (isResume && stream.PrunedTo > after) outcome = ResumeOutcome.Partial;
        var from = isResume ? after : LastSequence;
        outbox.OfferAlways(new AttachedEvent
        {
            Time = time.GetUtcNow(), Session = session, ResumePoint = new(epoch, stream.Id, from), Outcome = outcome,
        });
        if (outcome == ResumeOutcome.Partial)
        {
            outbox.OfferAlways(new GapEvent
            {
                Sequence = stream.PrunedTo, Time = time.GetUtcNow(), FirstSequence = after + 1, LastSequence = stream.PrunedTo,
            });
        }
        for (var sequence = Math.Max(from + 1, _log.First); sequence <= LastSequence; sequence++)
            if (stream.MaySee(_log[sequence])) outbox.OfferAlways(_log[sequence]);
        _hasObservers |= stream.ShowsAll;
        _dirty.Push(outbox);
    }

    /// <summary>Forgets what every stream has acknowledged.</summary>
    public void Acknowledged()
    {
        var acked = long.MaxValue;
        foreach (var stream in Streams) acked = Math.Min(acked, stream.Acked);
        if (acked <= _ackedByAll || acked == long.MaxValue) return;
        _ackedByAll = acked;
        while (_log.Oldest is { } oldest && oldest.Sequence <= acked) _log.TryDropOldest(out _);
    }

    /// <summary>Forgets events that are older than the resume window; gives when the next one will be, <see cref="MonotonicTime.Never"/> if none is kept.</summary>
    public long Prune(long now)
    {
        while (_log.Oldest is { } oldest)
        {
            var due = time.After(oldest.At, limits.ResumeWindow);
            if (due > now) return due;
            DropOldest();
        }
        return MonotonicTime.Never;
    }

    /// <summary>An outbox in which something waits since the last call; null: none is left. Kick it outside the hub's lock.</summary>
    public StreamOutbox? TakeDirty() => _dirty.TryPop(out var outbox) ? outbox : null;

    /// <summary>Ends a stream's call; what it is owed is written first where <paramref name="error"/> is null or <paramref name="writeQueued"/>.</summary>
    public void End(ChatStream stream, SessionError? error, bool writeQueued = true)
    {
        if (stream.Outbox is not { } outbox) return;
        if (error is null) outbox.Complete();
        else outbox.Fail(error, writeQueued);
        _dirty.Push(outbox);
    }

    private void Publish(ChatStream? owner, ChatEvent chatEvent)
    {
        _log.Append(chatEvent);
        while (_log.IsOverfull) DropOldest();
        foreach (var stream in Streams)
        {
            if (stream.Outbox is not { } outbox || (!ReferenceEquals(stream, owner) && owner is not null && !stream.ShowsAll)) continue;
            if (stream.MaySee(chatEvent)) Took(stream, outbox, outbox.Offer(chatEvent));
        }
    }

    private void Took(ChatStream stream, StreamOutbox outbox, Offered offered)
    {
        switch (offered)
        {
            case Offered.Queued: _dirty.Push(outbox); break;
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

    private void DropOldest()
    {
        if (!_log.TryDropOldest(out var dropped)) return;
        foreach (var stream in Streams)
            if (dropped.Sequence > stream.Acked && stream.MaySee(dropped)) stream.PrunedTo = dropped.Sequence;
    }
}
