using Akool.Sessions;
using Akool.Sessions.Chat;
using Google.Protobuf.WellKnownTypes;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>What a client sends on a Chat stream. A turn without settings costs nothing but the value that is given back.</summary>
internal static class ChatRequestMapping
{
    private static readonly TimeSpan LongestAnswerTimeout = TimeSpan.FromHours(1);

    public static Result<ChatAttach> Read(Proto.Attach attach)
    {
        var faults = new RequestFaults();
        var session = SessionName.Read(attach.Session, "attach.session", ref faults);
        var resume = ReadResumePoint(attach.ResumeFrom, ref faults);
        if (attach.Visibility is < Proto.TurnVisibility.Unspecified or > Proto.TurnVisibility.All)
            faults.Add("attach.visibility", "is not a visibility that this gateway knows");
        if (attach.SlowConsumerPolicy is < Proto.SlowConsumerPolicy.Unspecified or > Proto.SlowConsumerPolicy.DropAnswers)
            faults.Add("attach.slow_consumer_policy", "is not a policy that this gateway knows");
        var defaults = SettingsMapping.Read(attach.TurnDefaults, "attach.turn_defaults", ref faults);
        return faults.Or(new ChatAttach(
            session,
            resume,
            attach.Visibility == Proto.TurnVisibility.All,
            defaults,
            attach.SlowConsumerPolicy == Proto.SlowConsumerPolicy.DropAnswers,
            attach.AcknowledgeTurns));
    }

    /// <summary>One part of a turn. An error is the turn's rejection, not the stream's end. What is read on part 0 only is not looked at on others.</summary>
    public static Result<TurnPart> Read(Proto.Turn turn)
    {
        if (turn.PartIndex != 0 || turn is { Settings: null, AnswerTimeout: null, Policy: >= Proto.TurnPolicy.Unspecified and <= Proto.TurnPolicy.Interrupt })
            return new TurnPart(turn.TurnId, turn.Text, turn.MoreFollows, turn.PartIndex, TurnSettings.Empty, PolicyOf(turn.Policy), null);

        var faults = new RequestFaults();
        var settings = SettingsMapping.Read(turn.Settings, "turn.settings", ref faults);
        if (turn.Policy is < Proto.TurnPolicy.Unspecified or > Proto.TurnPolicy.Interrupt)
            faults.Add("turn.policy", "is not a policy that this gateway knows");
        var timeout = ProtoTime.Positive(turn.AnswerTimeout, "turn.answer_timeout", ref faults);
        if (timeout > LongestAnswerTimeout) faults.Add("turn.answer_timeout", $"is longer than {LongestAnswerTimeout.TotalSeconds} s");
        return faults.Or(new TurnPart(turn.TurnId, turn.Text, turn.MoreFollows, turn.PartIndex, settings, PolicyOf(turn.Policy), timeout));
    }

    /// <summary>The client's clock, whatever it says; null where it sent none.</summary>
    public static ClientTime? Read(Timestamp? time) => time is null ? null : new(time.Seconds, time.Nanos);

    private static TurnPolicy PolicyOf(Proto.TurnPolicy policy) => policy switch
    {
        Proto.TurnPolicy.Queue => TurnPolicy.Queue,
        Proto.TurnPolicy.Interrupt => TurnPolicy.Interrupt,
        _ => TurnPolicy.Send,
    };

    private static ResumePoint? ReadResumePoint(Proto.ResumePoint? point, ref RequestFaults faults)
    {
        if (point is null) return null;
        FieldRules.Id(point.Epoch, "attach.resume_from.epoch", ref faults);
        FieldRules.Id(point.StreamId, "attach.resume_from.stream_id", ref faults);
        if (point.Sequence < 0) faults.Add("attach.resume_from.sequence", "must not be negative");
        return new ResumePoint(point.Epoch, point.StreamId, point.Sequence);
    }
}
