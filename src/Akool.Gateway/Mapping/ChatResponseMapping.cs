using Akool.Sessions.Chat;
using Google.Protobuf.WellKnownTypes;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>What a Chat stream tells its client. Every answer of every turn passes here, and makes no object.</summary>
internal static class ChatResponseMapping
{
    /// <summary>An event as the stream <paramref name="viewer"/> sees it.</summary>
    /// <param name="chatEvent">What happened.</param>
    /// <param name="viewer">Id of the stream that is told.</param>
    /// <param name="limits">The limits in force, told when a stream joins; made once by <see cref="ToProto(Akool.Sessions.ChatLimits)"/>.</param>
    /// <param name="reused">The messages to fill. The result is valid until they are filled again.</param>
    public static Proto.ChatResponse ToResponse(ChatEvent chatEvent, string viewer, Proto.ChatLimits limits, ReusedResponse reused)
    {
        var others = chatEvent.StreamId is { } stream && stream != viewer;
        var response = reused.Begin();
        response.Sequence = chatEvent.Sequence;
        ProtoTime.Set(response.EventTime, chatEvent.Time);
        if (chatEvent.TurnId is { } turn) response.TurnId = turn;
        if (others) response.StreamId = chatEvent.StreamId;
        switch (chatEvent)
        {
            case AnswerEvent answer:
                (reused.Answer.Index, reused.Answer.Text) = (answer.Index, answer.Text);
                response.Answer = reused.Answer;
                break;
            case TurnEndedEvent ended:
                response.TurnEnded = ToProto(ended, reused);
                break;
            case TurnAcceptedEvent accepted:
                response.TurnAccepted = new Proto.TurnAccepted { PartIndex = accepted.PartIndex, Duplicate = accepted.Duplicate };
                if (others) response.TurnAccepted.Text = accepted.Text;
                break;
            default:
                SetRare(response, chatEvent, limits);
                break;
        }

        return response;
    }

    /// <summary>The limits in force, as a stream is told them when it joins.</summary>
    public static Proto.ChatLimits ToProto(Akool.Sessions.ChatLimits limits) => new()
    {
        MaxTurnBytes = limits.MaxTurnBytes,
        MaxOpenTurns = limits.MaxOpenTurns,
        ResumeWindow = ProtoTime.ToDuration(limits.ResumeWindow),
        AnswerQuietPeriod = ProtoTime.ToDuration(limits.AnswerQuietPeriod),
    };

    public static Proto.TurnOutcome ToProto(TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Completed => Proto.TurnOutcome.Completed,
        TurnOutcome.NoAnswer => Proto.TurnOutcome.NoAnswer,
        TurnOutcome.Interrupted => Proto.TurnOutcome.Interrupted,
        TurnOutcome.NotSent => Proto.TurnOutcome.NotSent,
        TurnOutcome.Unknown => Proto.TurnOutcome.Unknown,
        TurnOutcome.Failed => Proto.TurnOutcome.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    public static Proto.ResumeOutcome ToProto(ResumeOutcome outcome) => outcome switch
    {
        ResumeOutcome.New => Proto.ResumeOutcome.New,
        ResumeOutcome.Resumed => Proto.ResumeOutcome.Resumed,
        ResumeOutcome.Partial => Proto.ResumeOutcome.Partial,
        ResumeOutcome.Lost => Proto.ResumeOutcome.Lost,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    public static Proto.GoAwayReason ToProto(GoAwayReason reason) => reason switch
    {
        GoAwayReason.GatewayDraining => Proto.GoAwayReason.GatewayDraining,
        GoAwayReason.SessionExpiring => Proto.GoAwayReason.SessionExpiring,
        GoAwayReason.IdleExpiring => Proto.GoAwayReason.IdleExpiring,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    private static void SetRare(Proto.ChatResponse response, ChatEvent chatEvent, Proto.ChatLimits limits)
    {
        switch (chatEvent)
        {
            case AttachedEvent attached:
                response.Attached = ToProto(attached, limits);
                break;
            case TurnRejectedEvent rejected:
                response.TurnRejected = new Proto.TurnRejected { Problem = ErrorMapping.ToProblem(rejected.Problem) };
                break;
            case SessionChangedEvent changed:
                response.SessionChanged = new Proto.SessionChanged { Session = SessionMapping.ToProto(changed.Session) };
                break;
            case GapEvent gap:
                response.Gap = new Proto.Gap { FirstSequence = gap.FirstSequence, LastSequence = gap.LastSequence };
                break;
            case GoAwayEvent goAway:
                response.GoAway = new Proto.GoAway { Reason = ToProto(goAway.Reason), TimeLeft = ProtoTime.ToDuration(goAway.TimeLeft) };
                break;
            case PongEvent pong:
                response.Pong = new Proto.Pong { ClientTime = ToProto(pong.ClientTime), ServerTime = ProtoTime.ToTimestamp(pong.Time) };
                break;
            default:
                throw new ArgumentException($"{chatEvent.GetType().Name} has no place in the contract", nameof(chatEvent));
        }
    }

    private static Proto.TurnEnded ToProto(TurnEndedEvent ended, ReusedResponse reused)
    {
        var proto = reused.TurnEnded;
        (proto.Outcome, proto.AnswerCount) = (ToProto(ended.Outcome), ended.AnswerCount);
        if (ended.Problem is { } problem) proto.Problem = ErrorMapping.ToProblem(problem);
        if (ended.FirstAnswerLatency is not { } latency) return proto;
        ProtoTime.Set(reused.Latency, latency);
        proto.FirstAnswerLatency = reused.Latency;
        return proto;
    }

    private static Timestamp? ToProto(ClientTime? time) => time is { } told ? new() { Seconds = told.Seconds, Nanos = told.Nanos } : null;

    private static Proto.Attached ToProto(AttachedEvent attached, Proto.ChatLimits limits) => new()
    {
        Session = SessionMapping.ToProtoWithMedia(attached.Session),
        ResumePoint = new Proto.ResumePoint
        {
            Epoch = attached.ResumePoint.Epoch,
            StreamId = attached.ResumePoint.StreamId,
            Sequence = attached.ResumePoint.Sequence,
        },
        ResumeOutcome = ToProto(attached.Outcome),
        Limits = limits,
    };
}
