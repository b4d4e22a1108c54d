using System.Collections.Frozen;

namespace Akool.Emulator.Rest;

/// <summary>The calls of AKOOL's REST side.</summary>
public enum RestOperation
{
    GetToken,
    CreateSession,
    CloseSession,
    PauseSession,
    SessionDetail,
    SessionList,
    AvatarList,
    AvatarDetail,
    AvatarCreate,
    VoiceList,
    LanguageList,
}

/// <summary>Where each call is served.</summary>
public static class RestPaths
{
    private const string Root = "/api/open/v3/";

    private static readonly FrozenDictionary<string, (RestOperation Operation, string Method)> Known = new Dictionary<string, (RestOperation, string)>
    {
        [Root + "getToken"] = (RestOperation.GetToken, "POST"),
        [Root + "liveAvatar/session/create"] = (RestOperation.CreateSession, "POST"),
        [Root + "liveAvatar/session/close"] = (RestOperation.CloseSession, "POST"),
        [Root + "liveAvatar/session/pause"] = (RestOperation.PauseSession, "POST"),
        [Root + "liveAvatar/session/detail"] = (RestOperation.SessionDetail, "GET"),
        [Root + "liveAvatar/session/list"] = (RestOperation.SessionList, "GET"),
        [Root + "avatar/list"] = (RestOperation.AvatarList, "GET"),
        [Root + "avatar/detail"] = (RestOperation.AvatarDetail, "GET"),
        [Root + "avatar/create"] = (RestOperation.AvatarCreate, "POST"),
        [Root + "voice/list"] = (RestOperation.VoiceList, "GET"),
        [Root + "language/list"] = (RestOperation.LanguageList, "GET"),
    }.ToFrozenDictionary();

    /// <summary>The path of a call, for example <c>/api/open/v3/liveAvatar/session/create</c>.</summary>
    public static string Of(RestOperation operation) => Known.First(known => known.Value.Operation == operation).Key;

    internal static bool TryFind(string path, out RestOperation operation, out string method)
    {
        var found = Known.TryGetValue(path, out var known);
        (operation, method) = known;
        return found;
    }
}
