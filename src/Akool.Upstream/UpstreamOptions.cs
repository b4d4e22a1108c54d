using System.Diagnostics.CodeAnalysis;
using Akool.Upstream.Connection;
using Microsoft.Extensions.Options;

namespace Akool.Upstream;

/// <summary>How AKOOL is reached; bound from the <c>Akool</c> section. A class and not a record: printed it would show its secrets.</summary>
public sealed class UpstreamOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Akool";

    /// <summary>Where AKOOL's REST calls go: https, or http on a loopback address. Default <c>https://openapi.akool.com</c>.</summary>
    public string BaseUrl { get; set; } = "https://openapi.akool.com";

    /// <summary>A token to use as it is. Exactly one of this, <see cref="TokenFile"/>, and the pair of <see cref="ClientId"/> and <see cref="ClientSecret"/> is set.</summary>
    public string? Token { get; set; }

    /// <summary>Path of a mounted secret that holds the token; it is read again when it changes.</summary>
    public string? TokenFile { get; set; }

    /// <summary>With <see cref="ClientSecret"/>, exchanged for a token at getToken.</summary>
    public string? ClientId { get; set; }

    /// <summary>With <see cref="ClientId"/>, exchanged for a token at getToken.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>
    /// Hosts that a chat-room URL may have: a name, or <c>*.</c> and a name for all hosts under it. <see cref="BaseUrl"/>'s own host is always one.
    /// Default (when empty): <c>*.akool.io</c> and <c>*.akool.com</c>.
    /// </summary>
    public IList<string> ChatRoomHosts { get; } = [];

    /// <summary>How long one call may take with all its tries. Default 15 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Names every fault of <see cref="UpstreamOptions"/> at once. No fault holds a value that could be a secret.</summary>
internal sealed class UpstreamOptionsCheck : IValidateOptions<UpstreamOptions>
{
    public ValidateOptionsResult Validate(string? name, UpstreamOptions options)
    {
        var faults = FaultsOfBaseUrl(options).Concat(FaultsOfCredentials(options)).Concat(FaultsOfTheRest(options)).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FaultsOfBaseUrl(UpstreamOptions options)
    {
        if (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            yield return "Akool:BaseUrl must be an absolute http or https URL, for example https://openapi.akool.com";
            yield break;
        }

        if (url.Scheme == "http" && !url.IsLoopback) yield return "Akool:BaseUrl must be https, because the token goes there; http is for loopback addresses";
        if (url.UserInfo.Length > 0) yield return "Akool:BaseUrl must not hold a user or a password";
        if (url.PathAndQuery != "/" || url.Fragment.Length > 0) yield return "Akool:BaseUrl must end after the host and the port";
    }

    private static IEnumerable<string> FaultsOfCredentials(UpstreamOptions options)
    {
        var pair = Given(options.ClientId) || Given(options.ClientSecret);
        if (pair && !Given(options.ClientId)) yield return "Akool:ClientId is missing: Akool:ClientSecret needs it";
        if (pair && !Given(options.ClientSecret)) yield return "Akool:ClientSecret is missing: Akool:ClientId needs it";

        var ways = (Given(options.Token) ? 1 : 0) + (Given(options.TokenFile) ? 1 : 0) + (pair ? 1 : 0);
        if (ways == 0) yield return "Akool: set Token, TokenFile, or ClientId and ClientSecret";
        if (ways > 1) yield return "Akool: set only one of Token, TokenFile, and ClientId with ClientSecret";
        if (Given(options.Token) && !Rest.BearerToken.IsWellFormed(options.Token)) yield return "Akool:Token holds a space, a line end or another character that no token has";
    }

    private static IEnumerable<string> FaultsOfTheRest(UpstreamOptions options)
    {
        foreach (var host in options.ChatRoomHosts.Where(host => !ChatRoomAllowList.IsHostPattern(host)))
            yield return $"Akool:ChatRoomHosts: '{host}' must be a host, or *. and a host, without a scheme, a port or a path";
        if (options.RequestTimeout < TimeSpan.FromMilliseconds(100) || options.RequestTimeout > TimeSpan.FromMinutes(2))
            yield return "Akool:RequestTimeout must be between 00:00:00.1 and 00:02:00";
    }

    private static bool Given([NotNullWhen(true)] string? value) => !string.IsNullOrEmpty(value);
}
