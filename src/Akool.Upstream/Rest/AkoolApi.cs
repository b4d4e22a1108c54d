using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Microsoft.Extensions.Logging;

namespace Akool.Upstream.Rest;

/// <summary>AKOOL's REST side, protocol A (v3).</summary>
internal sealed class AkoolApi(AkoolCaller caller, ILogger<AkoolApi> logger) : IAvatarApi
{
    // A create that was sent has to be waited for, or its session would be nobody's. Whoever asked for it gives up on its own, earlier.
    private static readonly TimeSpan CreatePatience = TimeSpan.FromMinutes(2);

    private const int CatalogPage = 100; // AKOOL's default and largest page
    private const int MostCatalogPages = 100;

    public async Task<Result<UpstreamSession>> CreateAsync(SessionConfig config, CancellationToken stopping)
    {
        // stream_type is younger than the protocol and flv is its default: it is told only where it differs.
        var request = new CreateRequest(config.AvatarId, config.BackgroundUrl, config.Transport == MediaTransport.Agora ? "agora" : null);
        var call = new AkoolCall(Operation.Create, Body: Json(request, AkoolRequests.Default.CreateRequest)) { Avatar = config.AvatarId };
        var created = await caller.CallAsync(call, data => AkoolModels.Created(data, config.Transport), stopping, CreatePatience);
        if (created.Error?.Begun is { } begun) Log.SessionBegunWithoutRoom(logger, begun);
        return created;
    }

    public Task<Result<UpstreamSession>> DetailAsync(UpstreamId id, CancellationToken cancellation) =>
        caller.CallAsync<UpstreamSession>(new(Operation.Detail, IdQuery(id.Value)), data => AkoolModels.Session(data) is { } session
            ? session : AkoolModels.Broken("AKOOL's answer to detail has no session id"), cancellation);

    public async Task<Result<Done>> CloseAsync(UpstreamId id, CancellationToken cancellation)
    {
        var closed = await CommandAsync(Operation.Close, id, cancellation);
        // Undocumented: what a second close is answered with. These two codes say that there is nothing left to close.
        return closed.Error is { UpstreamCode: AkoolCode.SessionGone or AkoolCode.SessionClosed } ? Result.Done : closed;
    }

    public Task<Result<Done>> PauseAsync(UpstreamId id, CancellationToken cancellation) => CommandAsync(Operation.Pause, id, cancellation);

    public Task<Result<UpstreamPage>> ListAsync(int page, int size, UpstreamStatus? status, CancellationToken cancellation)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?page={page}&size={size}");
        if (status is not (null or UpstreamStatus.Unknown)) query += string.Create(CultureInfo.InvariantCulture, $"&status={(int)status}");
        return caller.CallAsync(new(Operation.List, query), AkoolModels.Page, cancellation);
    }

    public async Task<Result<IReadOnlyList<Avatar>>> ListAvatarsAsync(CancellationToken cancellation)
    {
        // Undocumented: whether the page is obeyed. One that brings nothing new is the last, so that an AKOOL that always sends all is asked twice at most.
        var avatars = new List<Avatar>();
        var known = new HashSet<(string, string)>();
        for (var page = 1; page <= MostCatalogPages; page++)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"?page={page}&size={CatalogPage}");
            var read = await ListAsync(Operation.ListAvatars, query, "data", AkoolModels.Avatar, cancellation);
            if (!read.IsOk) return read.Error;
            var news = read.Value.Where(avatar => known.Add((avatar.AvatarId, avatar.RecordId))).ToList();
            avatars.AddRange(news);
            if (news.Count == 0 || read.Value.Count < CatalogPage) break;
        }

        return avatars;
    }

    public Task<Result<Avatar>> GetAvatarAsync(string recordId, CancellationToken cancellation) =>
        caller.CallAsync<Avatar>(new(Operation.GetAvatar, IdQuery(recordId)), data => AkoolModels.OneAvatar(data) is { } avatar
            ? avatar : new SessionError(SessionErrorCode.CatalogItemNotFound, "AKOOL knows no such avatar"), cancellation);

    public Task<Result<Avatar>> CreateAvatarAsync(NewAvatar avatar, CancellationToken cancellation)
    {
        // Type 2 is an avatar for streaming; AKOOL's table says string, its sample sends one.
        var request = new AvatarRequest(avatar.VideoUrl, avatar.AvatarId, avatar.DisplayName is { Length: > 0 } name ? name : null, "2", avatar.FromVideoSite ? 2 : 1);
        var call = new AkoolCall(Operation.CreateAvatar, Body: Json(request, AkoolRequests.Default.AvatarRequest));
        return caller.CallAsync<Avatar>(call, data => AkoolModels.OneAvatar(data) is { } made
            ? made : AkoolModels.Broken("AKOOL's answer to avatar create has no avatar"), cancellation);
    }

    public Task<Result<IReadOnlyList<Voice>>> ListVoicesAsync(CancellationToken cancellation) =>
        ListAsync(Operation.ListVoices, "", "data", AkoolModels.Voice, cancellation);

    public Task<Result<IReadOnlyList<Language>>> ListLanguagesAsync(CancellationToken cancellation) =>
        ListAsync(Operation.ListLanguages, "", "lang_list", AkoolModels.Language, cancellation);

    private Task<Result<Done>> CommandAsync(Operation operation, UpstreamId id, CancellationToken cancellation) =>
        caller.CallAsync(new(operation, Body: Json(new IdRequest(id.Value), AkoolRequests.Default.IdRequest)), _ => Result.Done, cancellation);

    private Task<Result<IReadOnlyList<T>>> ListAsync<T>(Operation operation, string query, string field, Func<JsonElement, T?> read, CancellationToken cancellation)
        where T : class =>
        caller.CallAsync(new(operation, query), data => data.Items(field) is { } items
            ? Result.Ok<IReadOnlyList<T>>([.. items.Select(read).OfType<T>()])
            : AkoolModels.Broken($"AKOOL's answer to {operation.Name} is no list"), cancellation);

    private static string IdQuery(string id) => "?id=" + Uri.EscapeDataString(id);

    private static byte[] Json<T>(T request, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(request, type);
}
