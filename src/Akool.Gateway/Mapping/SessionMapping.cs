using Akool.Sessions;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>A session as it is now, for its caller.</summary>
internal static class SessionMapping
{
    /// <summary>The session with what plays its picture and sound: for its owner's own calls only, never in a list or a change.</summary>
    public static Proto.Session ToProtoWithMedia(SessionSnapshot snapshot)
    {
        var session = ToProto(snapshot);
        session.Media = ToProto(snapshot.Record.Media);
        return session;
    }

    public static Proto.Session ToProto(SessionSnapshot snapshot)
    {
        var record = snapshot.Record;
        var session = new Proto.Session
        {
            Name = SessionName.Of(record.Id),
            State = ToProto(record.State),
            UpstreamSessionId = record.Upstream?.Value ?? "",
            Config = ConfigMapping.ToProto(record.Config),
            Lease = LeaseMapping.ToProto(record.Lease),
            Owner = record.Owner.Value,
            CreateTime = ProtoTime.ToTimestamp(record.CreateTime),
            ActiveTime = ProtoTime.ToTimestamp(record.ActiveTime),
            EndTime = ProtoTime.ToTimestamp(record.EndTime),
            ExpireTime = ProtoTime.ToTimestamp(snapshot.ExpireTime),
            IdleExpireTime = ProtoTime.ToTimestamp(snapshot.IdleExpireTime),
            CloseReason = ToProto(record.CloseReason),
            Problem = record.Problem is { } problem ? ErrorMapping.ToProblem(problem) : null,
            AttachedStreams = snapshot.AttachedStreams,
            Usage = ToProto(record.Usage),
        };
        foreach (var (key, value) in record.Labels) session.Labels.Add(key, value);
        return session;
    }

    public static Proto.Session.Types.State ToProto(SessionState state) => state switch
    {
        SessionState.Queueing => Proto.Session.Types.State.Queueing,
        SessionState.Active => Proto.Session.Types.State.Active,
        SessionState.Paused => Proto.Session.Types.State.Paused,
        SessionState.Closing => Proto.Session.Types.State.Closing,
        SessionState.Closed => Proto.Session.Types.State.Closed,
        SessionState.Failed => Proto.Session.Types.State.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>The domain's word for a state; null for those that are never sent and those that this gateway does not know.</summary>
    public static SessionState? ToDomain(Proto.Session.Types.State state) => state switch
    {
        Proto.Session.Types.State.Queueing => SessionState.Queueing,
        Proto.Session.Types.State.Active => SessionState.Active,
        Proto.Session.Types.State.Paused => SessionState.Paused,
        Proto.Session.Types.State.Closing => SessionState.Closing,
        Proto.Session.Types.State.Closed => SessionState.Closed,
        Proto.Session.Types.State.Failed => SessionState.Failed,
        _ => null,
    };

    public static Proto.CloseReason ToProto(CloseReason reason) => reason switch
    {
        CloseReason.None => Proto.CloseReason.Unspecified,
        CloseReason.ClientRequested => Proto.CloseReason.ClientRequested,
        CloseReason.AdminRequested => Proto.CloseReason.AdminRequested,
        CloseReason.IdleTimeout => Proto.CloseReason.IdleTimeout,
        CloseReason.AttachTimeout => Proto.CloseReason.AttachTimeout,
        CloseReason.ClientLost => Proto.CloseReason.ClientLost,
        CloseReason.MaxDuration => Proto.CloseReason.MaxDuration,
        CloseReason.CreateAbandoned => Proto.CloseReason.CreateAbandoned,
        CloseReason.UpstreamEnded => Proto.CloseReason.UpstreamEnded,
        CloseReason.UpstreamFailed => Proto.CloseReason.UpstreamFailed,
        CloseReason.GatewayDrained => Proto.CloseReason.GatewayDrained,
        CloseReason.OrphanReaped => Proto.CloseReason.OrphanReaped,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    private static Proto.SessionUsage ToProto(SessionUsage usage) => new()
    {
        ActiveDuration = ProtoTime.ToDuration(usage.ActiveDuration),
        TurnsAccepted = usage.TurnsAccepted,
        TurnsCompleted = usage.TurnsCompleted,
        TurnsNotCompleted = usage.TurnsNotCompleted,
    };

    private static Proto.Media? ToProto(Media? media) => media switch
    {
        null => null,
        { Agora: { } agora } => new Proto.Media
        {
            Agora = new Proto.AgoraChannel { AppId = agora.AppId, Channel = agora.ChannelName, Token = agora.Token, Uid = agora.Uid },
        },
        _ => new Proto.Media { FlvUrl = media.FlvUrl ?? "" },
    };
}
