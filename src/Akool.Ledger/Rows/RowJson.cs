using System.Text.Json;
using System.Text.Json.Serialization;
using Akool.Sessions;

namespace Akool.Ledger.Rows;

/// <summary>The parts of a row that are JSON. The shapes are the store's own; fields that are null are not written.</summary>
internal static class RowJson
{
    public static string Write(SessionConfig config) => JsonSerializer.Serialize(
        new ConfigJson(config.AvatarId, config.BackgroundUrl, Words.Of(config.Transport), TurnJson.Of(config.TurnDefaults)), Shapes.Default.ConfigJson);

    public static string Write(LeasePolicy lease) => JsonSerializer.Serialize(
        new LeaseJson(lease.MaxDuration, lease.IdleTimeout, lease.AttachTimeout, lease.DetachGrace), Shapes.Default.LeaseJson);

    public static string? Write(IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 0 ? null : JsonSerializer.Serialize(labels, Shapes.Default.IReadOnlyDictionaryStringString);

    public static string? Write(Media? media) => media is null ? null : JsonSerializer.Serialize(
        new MediaJson(
            media.FlvUrl,
            media.Agora is { } agora ? new AgoraJson(agora.AppId, agora.ChannelName, agora.Token, agora.Uid) : null),
        Shapes.Default.MediaJson);

    public static string? Write(SessionError? problem) => problem is null ? null : JsonSerializer.Serialize(
        new ProblemJson(
            problem.Code.ToString(),
            problem.Detail,
            problem.RetryAfter,
            problem.UpstreamCode,
            problem.NothingSent,
            problem.Field,
            problem.Limit is { } use ? new LimitJson(use.Name, use.Scope, use.Limit, use.Used) : null),
        Shapes.Default.ProblemJson);

    public static SessionConfig ReadConfig(string json)
    {
        var config = Read(json, Shapes.Default.ConfigJson);
        return new(config.AvatarId, config.BackgroundUrl, Words.TransportOf(config.Transport), config.TurnDefaults?.ToSettings() ?? TurnSettings.Empty);
    }

    public static LeasePolicy ReadLease(string json)
    {
        var lease = Read(json, Shapes.Default.LeaseJson);
        return new(lease.MaxDuration, lease.IdleTimeout, lease.AttachTimeout, lease.DetachGrace);
    }

    public static IReadOnlyDictionary<string, string> ReadLabels(string? json) =>
        json is null ? NoLabels : Read(json, Shapes.Default.IReadOnlyDictionaryStringString);

    public static Media? ReadMedia(string? json)
    {
        if (json is null) return null;
        var media = Read(json, Shapes.Default.MediaJson);
        return new(media.FlvUrl, media.Agora is { } agora ? new AgoraChannel(agora.AppId, agora.ChannelName, agora.Token, agora.Uid) : null);
    }

    public static SessionError? ReadProblem(string? json)
    {
        if (json is null) return null;
        var problem = Read(json, Shapes.Default.ProblemJson);
        return new(Words.CauseOf(problem.Code), problem.Detail)
        {
            RetryAfter = problem.RetryAfter,
            UpstreamCode = problem.UpstreamCode,
            NothingSent = problem.NothingSent,
            Field = problem.Field,
            Limit = problem.Limit is { } use ? new LimitUse(use.Name, use.Scope, use.Limit, use.Used) : null,
        };
    }

    private static IReadOnlyDictionary<string, string> NoLabels { get; } = new Dictionary<string, string>();

    private static T Read<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, shape) ?? throw new InvalidDataException("a row has JSON that is null");
        }
        catch (JsonException)
        {
            // The cause quotes the text around the fault, which may be a secret.
            throw new InvalidDataException("a row has JSON that cannot be read");
        }
    }
}

internal sealed record ConfigJson(string AvatarId, string? BackgroundUrl, string Transport, TurnJson? TurnDefaults);

internal sealed record TurnJson(string? VoiceId, string? Language, string? Mode, string? PersonaText, string? PersonaDocumentUrl)
{
    public static TurnJson? Of(TurnSettings turn) => turn == TurnSettings.Empty
        ? null
        : new(turn.VoiceId, turn.Language, Words.Of(turn.Mode), turn.Persona?.Text, turn.Persona?.DocumentUrl);

    public TurnSettings ToSettings() => new(
        VoiceId, Language, Words.ModeOf(Mode), PersonaText is null && PersonaDocumentUrl is null ? null : new Persona(PersonaText, PersonaDocumentUrl));
}

internal sealed record LeaseJson(TimeSpan MaxDuration, TimeSpan IdleTimeout, TimeSpan AttachTimeout, TimeSpan DetachGrace);

internal sealed record MediaJson(string? FlvUrl, AgoraJson? Agora);

internal sealed record AgoraJson(string AppId, string ChannelName, string Token, long Uid);

internal sealed record ProblemJson(string Code, string Detail, TimeSpan? RetryAfter, int UpstreamCode, bool NothingSent, string? Field, LimitJson? Limit);

internal sealed record LimitJson(string Name, string Scope, long Limit, long Used);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ConfigJson))]
[JsonSerializable(typeof(LeaseJson))]
[JsonSerializable(typeof(MediaJson))]
[JsonSerializable(typeof(ProblemJson))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class Shapes : JsonSerializerContext;
