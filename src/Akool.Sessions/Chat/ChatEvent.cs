namespace Akool.Sessions.Chat;

/// <summary>
/// Something that happened in a session's chat: written once, shown to every stream that may see it, kept for a resume. Immutable.
/// </summary>
public abstract class ChatEvent
{
    /// <summary>Place in the session's events, from 1, only growing; 0 on what is about one stream alone.</summary>
    public long Sequence { get; internal init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>The same moment as a timestamp, for its age.</summary>
    internal long At { get; init; }

    /// <summary>The stream whose turn it is about; null where it is about no turn.</summary>
    public string? StreamId { get; internal init; }

    /// <summary>The same stream's number; 0: none.</summary>
    internal int Stream { get; init; }

    /// <summary>Which streams may see it.</summary>
    internal virtual Audience Audience => Audience.Everyone;

    /// <summary>The turn it is about, as its client named it; null: none.</summary>
    public string? TurnId { get; internal init; }

    /// <summary>Bytes that it is counted with in outboxes and in the event log: an estimate of its size in memory.</summary>
    internal virtual int Cost => 128;
}

/// <summary>The stream has joined. Always a stream's first event.</summary>
public sealed class AttachedEvent : ChatEvent
{
    public required SessionSnapshot Session { get; init; }

    public required ResumePoint ResumePoint { get; init; }

    public required ResumeOutcome Outcome { get; init; }
}

/// <summary>A place in a session's events.</summary>
/// <param name="Epoch">Changes when the hub's events were lost.</param>
/// <param name="StreamId">The stream to continue.</param>
/// <param name="Sequence">The last sequence dealt with.</param>
public sealed record ResumePoint(string Epoch, string StreamId, long Sequence);

/// <summary>Whether a resume found everything.</summary>
public enum ResumeOutcome
{
    New,
    Resumed,
    Partial,
    Lost,
}

/// <summary>The gateway has taken a part.</summary>
public sealed class TurnAcceptedEvent : ChatEvent
{
    public int PartIndex { get; internal init; }

    /// <summary>It was seen before, and nothing was done again.</summary>
    public bool Duplicate { get; internal init; }

    /// <summary>The part's text, for streams that are shown another's turn.</summary>
    public required string Text { get; init; }

    internal override int Cost => 128 + 2 * Text.Length;

    internal override Audience Audience => Duplicate ? Audience.AcknowledgedOwner : Audience.AcknowledgedOwnerAndObservers;
}

/// <summary>The gateway has refused a turn or a part.</summary>
public sealed class TurnRejectedEvent : ChatEvent
{
    public required SessionError Problem { get; init; }

    internal override int Cost => 256 + 2 * (TurnId!.Length + Problem.Detail.Length); // its id and its error are its own, and not its turn's

    internal override Audience Audience => Audience.Owner;
}

/// <summary>A piece of the avatar's answer.</summary>
public sealed class AnswerEvent : ChatEvent
{
    /// <summary>From 0 in the turn, without holes.</summary>
    public int Index { get; internal init; }

    public required string Text { get; init; }

    internal override int Cost => 128 + 2 * Text.Length;

    internal override Audience Audience => Audience.OwnerAndObservers;
}

/// <summary>A turn is over.</summary>
public sealed class TurnEndedEvent : ChatEvent
{
    public TurnOutcome Outcome { get; internal init; }

    /// <summary>Set where the outcome is <see cref="TurnOutcome.Failed"/>.</summary>
    public SessionError? Problem { get; internal init; }

    /// <summary>From the acceptance of part 0 to the first answer; null: none came.</summary>
    public TimeSpan? FirstAnswerLatency { get; internal init; }

    public int AnswerCount { get; internal init; }

    internal override Audience Audience => Audience.OwnerAndObservers;
}

/// <summary>How a turn ended.</summary>
public enum TurnOutcome
{
    /// <summary>Answered, and the answer is over.</summary>
    Completed,

    /// <summary>Sent, and no answer came in time.</summary>
    NoAnswer,

    /// <summary>Stopped by an interrupt.</summary>
    Interrupted,

    /// <summary>No byte of it was handed to a socket.</summary>
    NotSent,

    /// <summary>Handed to a socket that was lost.</summary>
    Unknown,

    /// <summary>AKOOL refused it or failed.</summary>
    Failed,
}

/// <summary>The session has changed state. In a terminal state this is a stream's last event.</summary>
public sealed class SessionChangedEvent : ChatEvent
{
    public required SessionSnapshot Session { get; init; }

    internal override int Cost => 512;
}

/// <summary>Events were lost for this stream; stands in their place, with the last one's sequence.</summary>
public sealed class GapEvent : ChatEvent
{
    public long FirstSequence { get; internal init; }

    public long LastSequence { get; internal init; }
}

/// <summary>The stream will be ended soon.</summary>
public sealed class GoAwayEvent : ChatEvent
{
    public GoAwayReason Reason { get; internal init; }

    public TimeSpan TimeLeft { get; internal init; }
}

/// <summary>Why a stream will be ended.</summary>
public enum GoAwayReason
{
    GatewayDraining,
    SessionExpiring,
    IdleExpiring,
}

/// <summary>Reply to a ping.</summary>
public sealed class PongEvent : ChatEvent
{
    /// <summary>As it came; null where the client sent none.</summary>
    public ClientTime? ClientTime { get; internal init; }
}

/// <summary>A client's clock as it told it, given back as it came: any numbers, be they a time or not.</summary>
public readonly record struct ClientTime(long Seconds, int Nanos);
