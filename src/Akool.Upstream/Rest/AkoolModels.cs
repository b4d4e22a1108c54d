using System.Text.Json;
using System.Text.Json.Serialization;
using Akool.Sessions;
using Akool.Sessions.Ports;

namespace Akool.Upstream.Rest;

/// <summary>Reads the domain's values out of AKOOL's answers. Pure; throws only <see cref="InvalidOperationException"/>, for text that is none.</summary>
internal static class AkoolModels
{
    /// <summary>Create's answer. The session that it names is begun, even where the rest of the answer is of no use.</summary>
    public static Result<UpstreamSession> Created(JsonElement data, MediaTransport transport)
    {
        var id = data.Text("_id");
        if (id.Length == 0) return Broken("AKOOL's answer to create has no session id");

        var urls = data.Field("stream_urls");
        var room = new ChatRoom(urls.Text("client_chat_room_url"), urls.Text("server_chat_room_url"));
        if (room.ClientUrl.Length == 0 || room.ServerUrl.Length == 0)
            return Broken("AKOOL's answer to create has no chat room") with { Begun = new UpstreamId(id) };
        return new UpstreamSession(new(id), StatusOf(data), MediaOf(data, transport), room);
    }

    /// <summary>One session of detail or list; null where it has no id.</summary>
    public static UpstreamSession? Session(JsonElement data) =>
        data.Text("_id") is { Length: > 0 } id ? new(new(id), StatusOf(data), MediaOf(data, MediaTransport.Flv), null) : null;

    public static Result<UpstreamPage> Page(JsonElement data)
    {
        if (data.Items() is not { } items) return Broken("AKOOL's list of sessions is no list");
        return new UpstreamPage([.. items.Select(Session).OfType<UpstreamSession>()], data.Number("count") is >= 0 and <= int.MaxValue and var count ? (int)count : null);
    }

    public static Avatar? Avatar(JsonElement data)
    {
        var (avatarId, recordId) = (data.Text("avatar_id"), data.Text("_id"));
        if (avatarId.Length + recordId.Length == 0) return null;
        var preview = data.Text("thumbnailUrl") is { Length: > 0 } thumbnail ? thumbnail : data.Text("url");
        return new(avatarId, recordId, data.Text("name"), preview, data.Text("voice_id"), AvatarStateOf(data));
    }

    /// <summary>The one avatar of an answer whose <c>data</c> is an array of one (as documented) or the avatar itself.</summary>
    public static Avatar? OneAvatar(JsonElement data) =>
        data.Items() is { } items ? items.Select(Avatar).FirstOrDefault(avatar => avatar is not null) : Avatar(data);

    public static Voice? Voice(JsonElement data) =>
        data.Text("voice_id") is { Length: > 0 } id ? new(id, data.Text("name"), data.Text("gender"), data.Text("accent"), data.Text("preview")) : null;

    public static Language? Language(JsonElement data) =>
        data.Text("lang_code") is { Length: > 0 } code ? new(code, data.Text("lang_name")) : null;

    /// <summary>The answer lacks what it must have.</summary>
    public static SessionError Broken(string detail) => new(SessionErrorCode.UpstreamProtocol, detail);

    private static UpstreamStatus StatusOf(JsonElement data) =>
        data.Number("status") is >= 1 and <= 4 and var status ? (UpstreamStatus)status : UpstreamStatus.Unknown;

    private static AvatarState AvatarStateOf(JsonElement data) =>
        data.Number("status") is >= 1 and <= 4 and var status ? (AvatarState)status : AvatarState.Unspecified;

    // Which of the two AKOOL gives follows the request, but a session without the one that was asked for may still have the other.
    private static Media? MediaOf(JsonElement data, MediaTransport transport)
    {
        var urls = data.Field("stream_urls");
        var flv = urls.Text("client_pull_stream_url") is { Length: > 0 } url ? new Media(url, null) : null;
        var agora = AgoraOf(data, urls) is { } channel ? new Media(null, channel) : null;
        return transport == MediaTransport.Agora ? agora ?? flv : flv ?? agora;
    }

    // Undocumented: the uid to join with. AKOOL's demo of this time joins with the session's own uid; a later one has agora_uid beside the token.
    private static AgoraChannel? AgoraOf(JsonElement data, JsonElement urls) =>
        urls.Text("agora_app_id") is { Length: > 0 } app && urls.Text("agora_channel") is { Length: > 0 } channel
            ? new(app, channel, urls.Text("agora_token"), urls.Number("agora_uid") ?? data.Number("uid") ?? 0) : null;
}

internal sealed record TokenRequest(string ClientId, string ClientSecret);

internal sealed record IdRequest(string Id);

internal sealed record CreateRequest(
    [property: JsonPropertyName("avatar_id")] string AvatarId,
    [property: JsonPropertyName("background_url")] string? BackgroundUrl,
    [property: JsonPropertyName("stream_type")] string? StreamType);

internal sealed record AvatarRequest(
    string Url,
    [property: JsonPropertyName("avatar_id")] string AvatarId,
    string? Name,
    string Type,
    [property: JsonPropertyName("url_from")] int UrlFrom);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(IdRequest))]
[JsonSerializable(typeof(CreateRequest))]
[JsonSerializable(typeof(AvatarRequest))]
internal sealed partial class AkoolRequests : JsonSerializerContext;
