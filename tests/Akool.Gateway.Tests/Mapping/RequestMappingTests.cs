using Akool.Gateway.Mapping;
using Akool.Sessions;
using Google.Protobuf.WellKnownTypes;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Mapping;

public sealed class RequestMappingTests
{
    private static readonly SessionLimits Limits = new();
    private static readonly OwnerId Owner = new("alice");

    // What is wrong with a request that is right otherwise, and the fields that must be named.
    private static readonly Dictionary<string, (Action<Proto.CreateSessionRequest> Break, string[] Fields)> Faults = new()
    {
        ["no config"] = (request => request.Config = null, ["config"]),
        ["no avatar"] = (request => request.Config.AvatarId = "", ["config.avatar_id"]),
        ["long avatar"] = (request => request.Config.AvatarId = new string('x', 129), ["config.avatar_id"]),
        ["control character in avatar"] = (request => request.Config.AvatarId = "a\nb", ["config.avatar_id"]),
        ["file as background"] = (request => request.Config.BackgroundUrl = "file:///etc/passwd", ["config.background_url"]),
        ["script as background"] = (request => request.Config.BackgroundUrl = "javascript:alert(1)", ["config.background_url"]),
        ["password in background"] = (request => request.Config.BackgroundUrl = "https://user:pass@example.com/", ["config.background_url"]),
        ["loopback background"] = (request => request.Config.BackgroundUrl = "http://127.0.0.1/", ["config.background_url"]),
        ["long background"] = (request => request.Config.BackgroundUrl = "https://example.com/" + new string('x', 2048), ["config.background_url"]),
        ["unknown transport"] = (request => request.Config.MediaTransport = (Proto.MediaTransport)9, ["config.media_transport"]),
        ["long voice"] = (request => request.Config.TurnDefaults.VoiceId = new string('x', 129), ["config.turn_defaults.voice_id"]),
        ["long language"] = (request => request.Config.TurnDefaults.Language = new string('x', 129), ["config.turn_defaults.language"]),
        ["unknown mode"] = (request => request.Config.TurnDefaults.Mode = (Proto.TurnMode)(-1), ["config.turn_defaults.mode"]),
        ["empty persona"] = (request => request.Config.TurnDefaults.Persona = new Proto.Persona(), ["config.turn_defaults.persona"]),
        ["long persona"] = (request => request.Config.TurnDefaults.Persona.Text = new string('é', 8193), ["config.turn_defaults.persona.text"]),
        ["NUL in persona"] = (request => request.Config.TurnDefaults.Persona.Text = "a\0b", ["config.turn_defaults.persona.text"]),
        ["file as persona"] = (request => request.Config.TurnDefaults.Persona.DocumentUrl = "file:///x.pdf", ["config.turn_defaults.persona.document_url"]),
        ["empty document"] = (request => request.Config.TurnDefaults.Persona.DocumentUrl = "", ["config.turn_defaults.persona.document_url"]),
        ["zero duration"] = (request => request.Lease.MaxDuration = new Duration(), ["lease.max_duration"]),
        ["negative idle"] = (request => request.Lease.IdleTimeout = Samples.Seconds(-1), ["lease.idle_timeout"]),
        ["less than a tick"] = (request => request.Lease.AttachTimeout = new Duration { Nanos = 99 }, ["lease.attach_timeout"]),
        ["out of range"] = (request => request.Lease.MaxDuration = Samples.Seconds(long.MaxValue), ["lease.max_duration"]),
        ["nanos out of range"] = (request => request.Lease.MaxDuration = new Duration { Seconds = 1, Nanos = int.MaxValue }, ["lease.max_duration"]),
        ["signs that differ"] = (request => request.Lease.MaxDuration = new Duration { Seconds = 1, Nanos = -1 }, ["lease.max_duration"]),
        ["negative grace"] = (request => request.Lease.DetachGrace = new Duration { Nanos = -1 }, ["lease.detach_grace"]),
        ["many labels"] = (request => request.Labels.Add(Enumerable.Range(0, 16).ToDictionary(i => $"k{i}", _ => "v")), ["labels"]),
        ["empty key"] = (request => request.Labels.Add("", "v"), ["labels"]),
        ["long key"] = (request => request.Labels.Add(new string('x', 64), "v"), ["labels"]),
        ["long value"] = (request => request.Labels.Add("k", new string('x', 64)), ["labels"]),
        ["NUL in label"] = (request => request.Labels.Add("k", "\0"), ["labels"]),
        ["long request id"] = (request => request.RequestId = new string('x', 129), ["request_id"]),
        ["control character in request id"] = (request => request.RequestId = "\u0085", ["request_id"]),
        ["many at once"] = (
            request =>
            {
                request.Config = new Proto.SessionConfig { BackgroundUrl = "x", MediaTransport = (Proto.MediaTransport)9 };
                request.Lease.IdleTimeout = new Duration();
                request.RequestId = "\n";
            },
            ["config.avatar_id", "config.background_url", "config.media_transport", "lease.idle_timeout", "request_id"]),
    };

    public static TheoryData<string> FaultNames => [.. Faults.Keys];

    [Fact]
    public void Every_field_of_a_create_is_read()
    {
        var request = Samples.CreateRequest();

        Assert.Empty(MessageFields.Unset(request));
        Assert.Empty(MessageFields.Ignored(request, changed => SessionRequestMapping.Read(changed, Owner, Limits).Value));
    }

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void A_fault_is_told_with_its_field_and_with_all_others(string name)
    {
        var request = Samples.CreateRequest();
        Faults[name].Break(request);

        var error = SessionRequestMapping.Read(request, Owner, Limits).Error;

        Assert.Equal(SessionErrorCode.InvalidField, error?.Code);
        Assert.Equal(Faults[name].Fields, error!.Faults.Count > 0 ? error.Faults.Select(fault => fault.Field) : [error.Field!]);
    }

    [Fact]
    public void What_is_just_within_the_limits_is_taken()
    {
        var request = Samples.CreateRequest();
        request.Config.AvatarId = new string('x', 128);
        request.Config.TurnDefaults.Persona.Text = "two\nlines" + new string('x', 16_000);
        request.Labels.Clear();
        for (var i = 10; i < 26; i++) request.Labels.Add(i + string.Concat(Enumerable.Repeat("\U0001F600", 61)), new string('x', 63));
        request.Lease.DetachGrace = new Duration();

        var read = SessionRequestMapping.Read(request, Owner, Limits);

        Assert.Equal(16, read.Value.Labels.Count);
        Assert.Equal(TimeSpan.Zero, read.Value.Lease.DetachGrace);
    }

    [Fact]
    public void A_lease_is_cut_to_the_maxima_and_takes_the_defaults_for_the_rest()
    {
        var request = new Proto.CreateSessionRequest
        {
            Config = new Proto.SessionConfig { AvatarId = "kai" },
            Lease = new Proto.LeasePolicy { MaxDuration = Samples.Seconds(315_576_000_000), IdleTimeout = Samples.Seconds(7) },
        };

        var lease = SessionRequestMapping.Read(request, Owner, Limits).Value.Lease;

        Assert.Equal(new LeasePolicy(Limits.MaxDuration, TimeSpan.FromSeconds(7), Limits.AttachTimeout, Limits.DetachGrace), lease);
    }

    [Fact]
    public void A_create_with_nothing_but_an_avatar_has_the_defaults()
    {
        var read = SessionRequestMapping.Read(new Proto.CreateSessionRequest { Config = new Proto.SessionConfig { AvatarId = "kai" } }, Owner, Limits).Value;

        Assert.Equal(new SessionConfig("kai", null, MediaTransport.Flv, TurnSettings.Empty), read.Config);
        Assert.Equal(new LeasePolicy(Limits.MaxDuration, Limits.IdleTimeout, Limits.AttachTimeout, Limits.DetachGrace), read.Lease);
        Assert.Equal(("", false, 0), (read.RequestId, read.WaitUntilActive, read.Labels.Count));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("x", null)]
    [InlineData("sessions/", null)]
    [InlineData("sessions/a/b", null)]
    [InlineData("sessions/a b", null)]
    [InlineData("sessions/\0", null)]
    [InlineData("Sessions/a", null)]
    [InlineData("/sessions/a", null)]
    [InlineData("sessions/é", null)]
    [InlineData("sessions/no-such", "no-such")]
    [InlineData("sessions/abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz")]
    public void A_name_is_malformed_or_leads_to_an_id(string name, string? id)
    {
        var read = SessionName.Parse(name, "name");

        Assert.Equal(id, read.IsOk ? read.Value.Value : null);
        Assert.Equal(id is null ? "name" : null, read.Error?.Field);
    }

    [Fact]
    public void A_name_of_any_length_is_answered()
    {
        Assert.Equal("name", SessionName.Parse("sessions/" + new string('x', 1_000_000), "name").Error?.Field);
    }

    [Fact]
    public void Every_field_of_a_list_is_read()
    {
        var owner = new OwnerId("alice");
        var request = new Proto.ListSessionsRequest { PageSize = 5, States = { Proto.Session.Types.State.Active }, Labels = { ["team"] = "blue" } };
        var query = SessionRequestMapping.Read(request, owner).Value;
        request.PageToken = SessionPageToken.Write(new SessionCursor(Samples.Noon, Samples.Id), query);

        var read = SessionRequestMapping.Read(request, owner).Value;

        Assert.Empty(MessageFields.Unset(request));
        Assert.Equal((5, owner, new SessionCursor(Samples.Noon, Samples.Id)), (read.PageSize, read.Owner, read.After!.Value));
        Assert.Equal([SessionState.Active], read.States);
        Assert.Equal("blue", read.Labels["team"]);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 1)]
    [InlineData(1000, 1000)]
    [InlineData(int.MaxValue, 1000)]
    [InlineData(-1, null)]
    public void A_page_has_a_size_within_bounds(int asked, int? size)
    {
        var read = SessionRequestMapping.Read(new Proto.ListSessionsRequest { PageSize = asked }, new OwnerId("alice"));

        Assert.Equal(size, read.IsOk ? read.Value.PageSize : null);
        Assert.Equal(size is null ? "page_size" : null, read.Error?.Field);
    }

    [Fact]
    public void States_that_no_session_has_are_refused_each_by_its_place_and_not_without_end()
    {
        var request = new Proto.ListSessionsRequest { States = { Proto.Session.Types.State.Active, Proto.Session.Types.State.Unspecified } };
        for (var i = 0; i < 10_000; i++) request.States.Add((Proto.Session.Types.State)99);

        var error = SessionRequestMapping.Read(request, new OwnerId("alice")).Error!;

        Assert.Equal("states[1]", error.Field);
        Assert.Equal(32, error.Faults.Count);
    }

    [Fact]
    public void Every_field_of_a_new_avatar_is_read()
    {
        var request = new Proto.CreateAvatarRequest
        {
            AvatarId = "mine",
            VideoUrl = "https://example.com/v.mp4",
            DisplayName = "Mine",
            VideoSource = Proto.VideoSource.VideoSite,
        };

        Assert.Empty(MessageFields.Unset(request));
        Assert.Empty(MessageFields.Ignored(request, changed => CatalogMapping.Read(changed).Value));
    }

    [Fact]
    public void A_new_avatar_with_faults_is_refused_with_all_of_them()
    {
        var error = CatalogMapping.Read(new Proto.CreateAvatarRequest { AvatarId = "a-b", DisplayName = "\n", VideoSource = (Proto.VideoSource)7 }).Error!;

        Assert.Equal(["avatar_id", "video_url", "display_name", "video_source"], error.Faults.Select(fault => fault.Field));
    }
}
