using Akool.Sessions;
using Google.Protobuf.WellKnownTypes;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Mapping;

/// <summary>Messages and records in which everything is set.</summary>
internal static class Samples
{
    public static DateTimeOffset Noon { get; } = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static SessionId Id { get; } = new("abcdefghijklmnopqrstuvwxyz");

    public static TurnSettings Settings { get; } = new("voice", "en", TurnMode.Dialogue, new Persona("a pirate", null));

    public static SessionError Problem { get; } =
        new(SessionErrorCode.UpstreamBusy, "busy") { RetryAfter = TimeSpan.FromSeconds(3), UpstreamCode = 1215 };

    public static SessionRecord Record { get; } = new()
    {
        Id = Id,
        Owner = new OwnerId("alice"),
        Config = new SessionConfig("kai", "https://example.com/b.png", MediaTransport.Agora, Settings),
        Lease = new LeasePolicy(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(4)),
        Labels = new Dictionary<string, string> { ["team"] = "blue" },
        State = SessionState.Failed,
        Upstream = new UpstreamId("up-1"),
        Media = new Media("https://example.com/live.flv", null),
        CreateTime = Noon,
        ActiveTime = Noon.AddSeconds(1),
        EndTime = Noon.AddSeconds(2),
        CloseReason = CloseReason.UpstreamFailed,
        Problem = Problem,
        Usage = new SessionUsage(TimeSpan.FromSeconds(5), 6, 7, 8),
    };

    public static SessionSnapshot Snapshot { get; } = new(Record, 9, Noon.AddSeconds(3), Noon.AddSeconds(4));

    public static Proto.TurnSettings ProtoSettings() => new()
    {
        VoiceId = "voice",
        Language = "en",
        Mode = Proto.TurnMode.Retell,
        Persona = new Proto.Persona { Text = "a pirate" },
    };

    public static Proto.CreateSessionRequest CreateRequest() => new()
    {
        Config = new Proto.SessionConfig
        {
            AvatarId = "kai",
            BackgroundUrl = "https://example.com/b.png",
            MediaTransport = Proto.MediaTransport.Agora,
            TurnDefaults = ProtoSettings(),
        },
        Lease = new Proto.LeasePolicy { MaxDuration = Seconds(1), IdleTimeout = Seconds(1), AttachTimeout = Seconds(1), DetachGrace = Seconds(1) },
        Labels = { ["team"] = "blue" },
        RequestId = "r-1",
        WaitUntilActive = true,
    };

    public static Proto.Attach Attach() => new()
    {
        Session = "sessions/" + Id.Value,
        ResumeFrom = new Proto.ResumePoint { Epoch = "e", StreamId = "s", Sequence = 4 },
        Visibility = Proto.TurnVisibility.All,
        TurnDefaults = ProtoSettings(),
        SlowConsumerPolicy = Proto.SlowConsumerPolicy.DropAnswers,
        AcknowledgeTurns = true,
    };

    public static Proto.Turn Turn() => new()
    {
        TurnId = "t-1",
        Text = "hello",
        MoreFollows = true,
        Settings = ProtoSettings(),
        Policy = Proto.TurnPolicy.Queue,
        AnswerTimeout = Seconds(1),
    };

    public static Duration Seconds(long seconds) => new() { Seconds = seconds };
}
