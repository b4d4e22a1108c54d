namespace Akool.Sessions.Chat;

/// <summary>
/// Decides what a part of a turn is: the start of a new turn, the next part of an open one, a repeat, or something to refuse. A refused part of a
/// turn that was taken ends that turn FAILED: its text would have a hole, and so each turn is refused once or ended once. Its hub's lock guards it.
/// </summary>
internal sealed class TurnIntake(TurnTable turns, SendQueue queue, HubEvents events, ChatLimits limits)
{
    /// <summary>Takes a part, or refuses it. <paramref name="refusal"/>: what is wrong with it by itself or with the session; null: nothing.</summary>
    /// <returns>Whether turns that had been handed to the socket were interrupted for it.</returns>
    public bool Take(ChatStream stream, in TurnPart part, TurnSettings sessionDefaults, SessionError? refusal)
    {
        if (part.PartIndex < 0) // no part of any turn: one that runs goes on without it
        {
            Refuse(stream, part, refusal!);
            return false;
        }
        if (stream.Find(part.TurnId) is { } turn)
        {
            Continue(turn, part, refusal);
            return false;
        }
        var seen = stream.FindFinished(part);
        if (seen == Seen.SameContent)
        {
            events.Accepted(stream, part, duplicate: true);
            return false;
        }
        if (seen == Seen.TooLate || stream.Ignores(part)) return false;
        if ((seen == Seen.OtherContent ? Conflict : refusal ?? WhyNotBegin(part)) is { } problem)
        {
            Refuse(stream, part, problem);
            return false;
        }
        var interrupted = part.Policy == TurnPolicy.Interrupt && turns.EndAll(TurnOutcome.Interrupted);
        turns.Begin(stream, part, part.Settings.Over(stream.Defaults).Over(sessionDefaults));
        return interrupted;
    }

    /// <summary>Whether the queue has room for a part. A turn that interrupts makes its own.</summary>
    public bool HasRoomFor(in TurnPart part) => part is { Policy: TurnPolicy.Interrupt, PartIndex: 0 } || queue.HasRoomFor(part.Text.Length);

    /// <summary>The error of a queue that has no room.</summary>
    public SessionError QueueFull => new(SessionErrorCode.TurnQueueFull,
        $"{limits.MaxOpenTurns} turns or {limits.MaxQueuedBytes} bytes wait in this session; wait for turns to end")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    private static SessionError Conflict { get; } = new(SessionErrorCode.IdempotencyConflict, "this turn_id was used with other content; choose a new one");

    private void Continue(Turn turn, in TurnPart part, SessionError? refusal)
    {
        if (part.PartIndex < turn.PartsTaken)
        {
            if (turn.ContentAt(part.PartIndex) == FinishedTurns.ContentOf(part)) events.Accepted(turn.Stream, part, duplicate: true);
            else events.Rejected(turn.Stream, part.TurnId, Conflict);
        }
        else if (turn.IsWhole) events.Rejected(turn.Stream, part.TurnId, Conflict);
        else if (part.PartIndex > turn.PartsTaken)
            turns.End(turn, TurnOutcome.Failed, SessionError.Invalid("turn.part_index", $"part {turn.PartsTaken} was expected"));
        else if ((refusal ?? (queue.HasRoomFor(part.Text.Length) ? null : QueueFull)) is { } problem) turns.End(turn, TurnOutcome.Failed, problem);
        else turns.Continue(turn, part);
    }

    private SessionError? WhyNotBegin(in TurnPart part)
    {
        if (part.PartIndex > 0) return SessionError.Invalid("turn.part_index", "part 0 of this turn was not taken");
        return (turns.OpenCount >= limits.MaxOpenTurns && part.Policy != TurnPolicy.Interrupt) || !HasRoomFor(part) ? QueueFull : null;
    }

    private void Refuse(ChatStream stream, in TurnPart part, SessionError problem)
    {
        var id = TurnRules.Shorten(part.TurnId);
        events.Rejected(stream, id, problem);
        if (part.MoreFollows && ReferenceEquals(id, part.TurnId) && stream.Find(id) is null) stream.IgnoreRest(id);
    }
}
