using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Akool.Upstream.Connection;

/// <summary>Opens a websocket's stream by HTTP/1.1 (RFC 6455, 4.1). No subprotocol and no extension is offered, so none is accepted.</summary>
internal static class Handshake
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3

    /// <summary>
    /// Asks for the upgrade. Gives the stream, or null with the status of the answer: 101 where it said yes, and not as the standard has it. Throws what
    /// the invoker throws where there is no answer.
    /// </summary>
    public static async Task<(Stream? Stream, HttpStatusCode Status)> OpenAsync(HttpMessageInvoker http, Uri url, CancellationToken cancellation)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", key);
        var response = await http.SendAsync(request, cancellation);
        if (IsUpgrade(response, key)) return (await response.Content.ReadAsStreamAsync(cancellation), response.StatusCode);
        var status = response.StatusCode;
        response.Dispose();
        return (null, status);
    }

    private static bool IsUpgrade(HttpResponseMessage response, string key) =>
        response.StatusCode == HttpStatusCode.SwitchingProtocols
        && Has(response, "Connection", "Upgrade")
        && Has(response, "Upgrade", "websocket")
        && response.Headers.TryGetValues("Sec-WebSocket-Accept", out var accepts) && accepts.SequenceEqual([AcceptOf(key)])
        && !response.Headers.Contains("Sec-WebSocket-Extensions")
        && !response.Headers.Contains("Sec-WebSocket-Protocol");

    private static bool Has(HttpResponseMessage response, string name, string value) =>
        response.Headers.TryGetValues(name, out var values)
        && values.SelectMany(line => line.Split(',', StringSplitOptions.TrimEntries)).Contains(value, StringComparer.OrdinalIgnoreCase);

#pragma warning disable CA5350 // the standard's proof that the peer has read the request, no secret
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
#pragma warning restore CA5350
}
