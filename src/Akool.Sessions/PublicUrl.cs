using System.Net;

namespace Akool.Sessions;

/// <summary>
/// Whether a URL that a caller gives (a background, a document, a video) may be passed on: http or https to a host of the public internet, without a
/// user or a password. Pure: no name is looked up. Whoever fetches it has to look at what the name resolves to and at redirects.
/// </summary>
public static class PublicUrl
{
    // IANA's registries of special-purpose addresses, without what is globally reachable, and with the transition prefixes that can carry any
    // IPv4 address inside.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // Reserved (RFC 2606, 6761, 6762, 8375, 9476) or in common private use.
    private static readonly string[] PrivateSuffixes =
        [".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".private", ".arpa", ".test", ".invalid", ".onion", ".alt", ".localdomain"];

    /// <summary>Whether a URL may be passed on; where not, the reason ends a sentence about it and never repeats it.</summary>
    public static bool IsAllowed(string url, out string reason)
    {
        reason = FaultOf(url) ?? "";
        return reason.Length == 0;
    }

    private static string? FaultOf(string url)
    {
        // The parsers of others read these differently from ours, so that what was checked would not be what is fetched.
        foreach (var c in url)
            if (c is <= ' ' or '\\' or (>= '\u007f' and <= '\u009f')) return "must not hold spaces, backslashes or control characters";

        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https")) return "must be an absolute http or https URL";
        if (!url.AsSpan(parsed.Scheme.Length).StartsWith("://")) return "must be an absolute http or https URL";
        var authority = AuthorityOf(url);
        if (authority.Contains('@')) return "must not hold a user or a password";
        // How other characters are mapped to a name, or to the digits of an address, differs from parser to parser.
        if (!System.Text.Ascii.IsValid(authority)) return "must have its host in ASCII (an international name in its xn-- form)";
        return IsPublicHost(parsed.IdnHost) ? null : "must lead to a host of the public internet";
    }

    private static ReadOnlySpan<char> AuthorityOf(string url)
    {
        var authority = url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3);
        return authority.IndexOfAny('/', '?', '#') is var end and >= 0 ? authority[..end] : authority;
    }

    private static bool IsPublicHost(string host)
    {
        var name = host.TrimEnd('.').Trim('[', ']');
        // Also the forms of old: one number, hexadecimal, octal, fewer than four parts.
        if (IPAddress.TryParse(name, out var address)) return IsPublic(address);
        if (name.Contains(':') || name.Contains('%')) return false;

        var lastDot = name.LastIndexOf('.');
        if (lastDot <= 0) return false; // a single label is looked up in the fetcher's own network
        // A name that ends in a number is an address to some parsers (WHATWG URL); no top-level domain begins with a digit.
        if (lastDot == name.Length - 1 || char.IsAsciiDigit(name[lastDot + 1])) return false;
        return !PrivateSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && (address.ScopeId != 0 || !GlobalUnicast.Contains(address))) return false;
        return !NotPublic.Any(network => network.Contains(address));
    }
}
