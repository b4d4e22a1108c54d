using Microsoft.Extensions.Options;

namespace Akool.Upstream;

/// <summary>
/// The HTTP client of REST calls, which lives as long as the process. It follows no redirect, keeps no cookie, unpacks no body and makes no spans.
/// </summary>
internal sealed class AkoolHttp(IOptions<UpstreamOptions> options) : IDisposable
{
    /// <summary>Limit of any one connect: 5 s.</summary>
    public static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    // Several times the largest answer that AKOOL is known to give, a full page of avatars.
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>The client. Time limits are its callers' own.</summary>
    public HttpClient Rest { get; } = new(Handler())
    {
        BaseAddress = new Uri(options.Value.BaseUrl),
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MostBytes,
    };

    public void Dispose() => Rest.Dispose();

    private static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null, // a span of the runtime's would hold the chat room's URL; the transport tells AKOOL what it may know
        ConnectTimeout = ConnectLimit,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows DNS
        MaxResponseHeadersLength = 32, // KiB
    };
}
