using System.Diagnostics;

namespace Akool.Sessions.Chat;

/// <summary>Joins a session. Validated before it gets here.</summary>
/// <param name="Session">The session.</param>
/// <param name="ResumeFrom">To continue a lost stream; null: a new one.</param>
/// <param name="ShowAllTurns">Whether the stream is shown every turn of the session, or its own only.</param>
/// <param name="TurnDefaults">Used for every turn of the stream that does not say otherwise, over the session's.</param>
/// <param name="DropAnswersWhenSlow">Whether a client that reads too slowly loses answers, or its stream.</param>
/// <param name="AcknowledgeTurns">Whether each part that was taken is answered with <see cref="TurnAcceptedEvent"/>.</param>
public sealed record ChatAttach(
    SessionId Session, ResumePoint? ResumeFrom, bool ShowAllTurns, TurnSettings TurnDefaults, bool DropAnswersWhenSlow, bool AcknowledgeTurns)
{
    /// <summary>What the spans of the stream's turns hang from: the trace that the caller sent. Empty: it is not traced.</summary>
    public ActivityContext Trace { get; init; }
}

/// <summary>One part of a turn, as its client sent it. Checked for form by the stream, so that a refusal is an event and not the stream's end.</summary>
/// <param name="TurnId">Chosen by the client.</param>
/// <param name="Text">The part's text.</param>
/// <param name="MoreFollows">More parts of this turn follow.</param>
/// <param name="PartIndex">From 0, without holes.</param>
/// <param name="Settings">Read on part 0 only.</param>
/// <param name="Policy">Read on part 0 only.</param>
/// <param name="AnswerTimeout">Read on part 0 only; null: the default.</param>
public readonly record struct TurnPart(
    string TurnId, string Text, bool MoreFollows, int PartIndex, TurnSettings Settings, TurnPolicy Policy, TimeSpan? AnswerTimeout);

/// <summary>What a new turn does while another turn of the session is running.</summary>
public enum TurnPolicy
{
    /// <summary>Pass it to AKOOL at once.</summary>
    Send,

    /// <summary>Wait until the others have ended.</summary>
    Queue,

    /// <summary>Interrupt the others, then pass it on.</summary>
    Interrupt,
}
