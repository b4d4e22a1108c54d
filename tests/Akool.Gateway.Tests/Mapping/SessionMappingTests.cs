using Akool.Gateway.Mapping;
using Akool.Sessions;
using Google.Protobuf.WellKnownTypes;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Mapping;

public sealed class SessionMappingTests
{
    [Fact]
    public void Every_field_of_a_session_is_told()
    {
        var session = SessionMapping.ToProtoWithMedia(Samples.Snapshot);

        Assert.Empty(MessageFields.Unset(session));
    }

    [Fact]
    public void A_session_is_told_as_it_is()
    {
        var session = SessionMapping.ToProtoWithMedia(Samples.Snapshot);

        Assert.Equal("sessions/abcdefghijklmnopqrstuvwxyz", session.Name);
        Assert.Equal(Proto.Session.Types.State.Failed, session.State);
        Assert.Equal("up-1", session.UpstreamSessionId);
        Assert.Equal(
            new Proto.SessionConfig
            {
                AvatarId = "kai",
                BackgroundUrl = "https://example.com/b.png",
                MediaTransport = Proto.MediaTransport.Agora,
                TurnDefaults = new Proto.TurnSettings
                {
                    VoiceId = "voice",
                    Language = "en",
                    Mode = Proto.TurnMode.Dialogue,
                    Persona = new Proto.Persona { Text = "a pirate" },
                },
            },
            session.Config);
        Assert.Equal(
            new Proto.LeasePolicy
            {
                MaxDuration = Samples.Seconds(60),
                IdleTimeout = Samples.Seconds(120),
                AttachTimeout = Samples.Seconds(180),
                DetachGrace = Samples.Seconds(240),
            },
            session.Lease);
        Assert.Equal("blue", Assert.Single(session.Labels).Value);
        Assert.Equal("alice", session.Owner);
        Assert.Equal(new Proto.Media { FlvUrl = "https://example.com/live.flv" }, session.Media);
        Assert.Equal(
            [Samples.Noon, Samples.Noon.AddSeconds(1), Samples.Noon.AddSeconds(2), Samples.Noon.AddSeconds(3), Samples.Noon.AddSeconds(4)],
            new[] { session.CreateTime, session.ActiveTime, session.EndTime, session.ExpireTime, session.IdleExpireTime }.Select(time => time.ToDateTimeOffset()));
        Assert.Equal(Proto.CloseReason.UpstreamFailed, session.CloseReason);
        Assert.Equal(
            new Proto.Problem { Code = 8, Reason = Proto.ErrorReason.UpstreamBusy, Message = "busy", RetryAfter = Samples.Seconds(3), UpstreamCode = 1215 },
            session.Problem);
        Assert.Equal(9, session.AttachedStreams);
        Assert.Equal(
            new Proto.SessionUsage { ActiveDuration = Samples.Seconds(5), TurnsAccepted = 6, TurnsCompleted = 7, TurnsNotCompleted = 8 }, session.Usage);
    }

    [Fact]
    public void Media_is_told_only_where_it_is_asked_for()
    {
        Assert.Null(SessionMapping.ToProto(Samples.Snapshot).Media);
    }

    [Fact]
    public void Every_field_of_an_agora_channel_is_told()
    {
        var record = Samples.Record with { Media = new Media(null, new AgoraChannel("app", "room", "token", 77)) };

        var session = SessionMapping.ToProtoWithMedia(Samples.Snapshot with { Record = record });

        Assert.Equal(new Proto.AgoraChannel { AppId = "app", Channel = "room", Token = "token", Uid = 77 }, session.Media.Agora);
        Assert.Empty(MessageFields.Unset(session.Media));
    }

    [Fact]
    public void A_session_that_AKOOL_has_not_answered_for_has_no_times_but_its_own()
    {
        var record = new SessionRecord { Id = Samples.Id, Owner = Samples.Record.Owner, Config = Samples.Record.Config, Lease = Samples.Record.Lease, CreateTime = Samples.Noon };

        var session = SessionMapping.ToProtoWithMedia(new SessionSnapshot(record, 0, Samples.Noon, null));

        Assert.Equal("", session.UpstreamSessionId);
        Assert.Equal(Proto.Session.Types.State.Queueing, session.State);
        Assert.Null(session.Media);
        Assert.Null(session.ActiveTime);
        Assert.Null(session.EndTime);
        Assert.Null(session.IdleExpireTime);
        Assert.Null(session.Problem);
    }

    [Fact]
    public void Every_state_has_its_word_in_the_contract_and_back()
    {
        var states = System.Enum.GetValues<SessionState>();

        var told = states.Select(SessionMapping.ToProto).ToList();

        Assert.Equal(System.Enum.GetValues<Proto.Session.Types.State>().Skip(1), told);
        Assert.Equal(states.Cast<SessionState?>(), told.Select(SessionMapping.ToDomain));
        Assert.Null(SessionMapping.ToDomain(Proto.Session.Types.State.Unspecified));
        Assert.Null(SessionMapping.ToDomain((Proto.Session.Types.State)99));
    }

    [Fact]
    public void Every_close_reason_has_its_word_in_the_contract()
    {
        var told = System.Enum.GetValues<CloseReason>().Select(SessionMapping.ToProto);

        Assert.Equal(System.Enum.GetValues<Proto.CloseReason>(), told);
    }

    [Fact]
    public void A_persona_by_document_is_told()
    {
        var settings = new TurnSettings(null, null, TurnMode.Unspecified, new Persona(null, "https://example.com/p.pdf"));

        Assert.Equal("https://example.com/p.pdf", SettingsMapping.ToProto(settings)!.Persona.DocumentUrl);
    }

    [Theory]
    [InlineData("1969-12-31T23:59:59.5Z", -1, 500_000_000)]
    [InlineData("1970-01-01T00:00:00Z", 0, 0)]
    [InlineData("2026-01-02T12:00:00.1234567+02:00", 1767348000, 123_456_700)]
    public void Times_are_told_to_the_tick(string time, long seconds, int nanos)
    {
        var told = ProtoTime.ToTimestamp(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(new Timestamp { Seconds = seconds, Nanos = nanos }, told);
    }

    [Fact]
    public void Durations_are_told_to_the_tick()
    {
        Assert.Equal(new Duration { Seconds = 1, Nanos = 500_000_100 }, ProtoTime.ToDuration(TimeSpan.FromTicks(15_000_001)));
        Assert.Equal(new Duration { Seconds = -1, Nanos = -500_000_000 }, ProtoTime.ToDuration(TimeSpan.FromSeconds(-1.5)));
    }
}
