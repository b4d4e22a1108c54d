namespace Akool.Sessions.Chat;

/// <summary>A call that has joined, and what it found of what it asked to continue.</summary>
internal readonly record struct Joined(ChatAttachment Call, ResumeOutcome Outcome);

/// <summary>The chat streams of one session: who is attached, who may come back, who has been gone too long. Its hub's lock guards it.</summary>
internal sealed class StreamTable(HubEvents events, ChatLimits limits, TimeProvider time)
{
    // Streams kept for a resume after their call has ended; of more, those that left first are forgotten. Bounds what start-and-cancel can pile up.
    private const int MaxDetached = 256;

    private readonly FinishedTurns _finished = new(); // of all its streams
    private int _lastNumber;

    /// <summary>Calls attached now.</summary>
    public int AttachedCount { get; private set; }

    /// <summary>Joins a call to a new stream, or to the one it continues; a call that still holds that one is ended. Errors: InvalidField.</summary>
    public Result<Joined> Join(ChatHub hub, ChatAttach attach, IChatSink sink, string epoch)
    {
        Prune(time.GetTimestamp());
        var outcome = ResumeOutcome.New;
        ChatStream? stream = null;
        if (attach.ResumeFrom is { } from)
        {
            stream = from.Epoch == epoch ? events.Streams.FirstOrDefault(candidate => candidate.Id == from.StreamId) : null;
            if (stream is not null && from.Sequence > events.LastSequence)
                return SessionError.Invalid("attach.resume_from.sequence", $"is beyond the last event, {events.LastSequence}");
            outcome = stream is null ? ResumeOutcome.Lost : ResumeOutcome.Resumed;
        }
        if (stream is null)
        {
            stream = new(++_lastNumber, _finished) { Acked = events.LastSequence };
            events.Add(stream);
        }
        else if (stream.IsShownMoreBy(attach)) stream.PrunedTo = events.LostTo;
        if (stream.Call is null) AttachedCount++;
        else events.End(stream, new(SessionErrorCode.StreamTakenOver, "this stream was continued by a newer call"), writeQueued: false);
        var call = new ChatAttachment(hub, stream, new StreamOutbox(sink, limits.MaxOutboxBytes, attach.DropAnswersWhenSlow));
        stream.BeginCall(attach, call);
        return new Joined(call, outcome);
    }

    /// <summary>A call is over; its stream can be continued for the resume window.</summary>
    public void Leave(ChatStream stream)
    {
        AttachedCount--;
        stream.EndCall(time.GetTimestamp());
        if (events.Streams.Count - AttachedCount <= MaxDetached) return;
        var oldest = events.Streams.Where(candidate => candidate.Call is null).MinBy(candidate => candidate.DetachedAt);
        events.Remove(oldest!);
    }

    /// <summary>Forgets streams that nobody came back for; gives when the next one will be.</summary>
    public long Prune(long now)
    {
        var next = MonotonicTime.Never;
        if (events.Streams.Count == AttachedCount) return next;
        for (var i = events.Streams.Count - 1; i >= 0; i--)
        {
            var stream = events.Streams[i];
            if (stream.Call is not null) continue;
            var due = time.After(stream.DetachedAt, limits.ResumeWindow);
            if (due <= now) events.Remove(stream);
            else next = Math.Min(next, due);
        }
        return next;
    }
}
