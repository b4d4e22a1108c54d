using System.Diagnostics.CodeAnalysis;
using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Fakes;

/// <summary>Whether two events tell the same in every field, so that a client could not tell a replay from the first delivery.</summary>
internal sealed class SameEvent : IEqualityComparer<ChatEvent>
{
    public static readonly SameEvent Comparer = new();

    public bool Equals(ChatEvent? x, ChatEvent? y) => ReferenceEquals(x, y) || (x is not null && y is not null && FieldsOf(x).Equals(FieldsOf(y)));

    public int GetHashCode([DisallowNull] ChatEvent obj) => obj.Sequence.GetHashCode();

    private static (object, object?) FieldsOf(ChatEvent one) => (
        (one.GetType(), one.Sequence, one.Time, one.At, one.StreamId, one.Stream, one.TurnId, one.Audience),
        one switch
        {
            AnswerEvent answer => (answer.Index, answer.Text),
            TurnAcceptedEvent accepted => (accepted.PartIndex, accepted.Text, accepted.Duplicate),
            TurnEndedEvent ended => (ended.Outcome, ended.Problem, ended.FirstAnswerLatency, ended.AnswerCount),
            TurnRejectedEvent rejected => rejected.Problem,
            SessionChangedEvent changed => changed.Session,
            GoAwayEvent goAway => (goAway.Reason, goAway.TimeLeft),
            _ => one, // never replayed: the same only as itself
        });
}
