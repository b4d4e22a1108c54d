namespace Akool.Upstream.Connection;

/// <summary>
/// Which chat-room URLs may be connected to: <c>wss</c> to a host on the list, on any port, without user info. <c>ws</c> only where BaseUrl is a
/// loopback address and the room's host is loopback too. Pure.
/// </summary>
internal sealed class ChatRoomAllowList(Uri baseUrl, IEnumerable<string> hosts)
{
    private static readonly string[] AkoolHosts = ["*.akool.io", "*.akool.com"];
    private readonly string[] _patterns = [.. hosts.DefaultIfEmpty(null).SelectMany(host => host is null ? AkoolHosts : [host]), baseUrl.IdnHost];

    /// <summary>The room's URL, if it may be connected; null otherwise. Why not is not told: the text could hold the URL.</summary>
    public Uri? Check(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var room) || room.UserInfo.Length > 0 || room.Fragment.Length > 0) return null;
        return room.Scheme switch
        {
            "wss" => _patterns.Any(pattern => Matches(pattern, room.IdnHost)) ? room : null,
            "ws" => baseUrl.IsLoopback && room.IsLoopback ? room : null,
            _ => null,
        };
    }

    /// <summary>Whether a configured pattern can match anything: a host name or address, or <c>*.</c> before a name.</summary>
    public static bool IsHostPattern(string pattern)
    {
        var host = pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern;
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;
    }

    private static bool Matches(string pattern, string host) =>
        pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.Length > pattern.Length - 1 && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
