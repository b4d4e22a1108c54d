using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Akool.Upstream.Connection;

/// <summary>
/// Makes the connection of a chat room: TCP, through the HTTP proxy that the environment names for it (HTTP_PROXY, HTTPS_PROXY, NO_PROXY), and TLS for
/// <c>wss</c>. Not by HttpClient: the connection object behind an upgraded stream keeps its buffers, a quarter of what an idle session holds. Safe from any thread.
/// </summary>
internal sealed class RoomDialer
{
    /// <summary>Limit of dialling and the handshake behind it: 5 s.</summary>
    public static readonly TimeSpan Limit = AkoolHttp.ConnectLimit;

    private readonly IWebProxy _proxies;
    private readonly RemoteCertificateValidationCallback? _trust;

    /// <summary>With the proxies of the environment, and certificates as the system judges them.</summary>
    public RoomDialer() : this(HttpClient.DefaultProxy, trust: null)
    {
    }

    internal RoomDialer(IWebProxy proxies, RemoteCertificateValidationCallback? trust) => (_proxies, _trust) = (proxies, trust);

    /// <summary>
    /// Connects. Throws <see cref="SocketException"/>, <see cref="IOException"/> and <see cref="InvalidDataException"/> where there is no connection,
    /// <see cref="TunnelException"/> where it is the proxy's doing, and <see cref="System.Security.Authentication.AuthenticationException"/> where the peer is
    /// not who it should be.
    /// </summary>
    public async Task<Stream> DialAsync(Uri room, CancellationToken cancellation)
    {
        var proxy = _proxies.IsBypassed(room) ? null : _proxies.GetProxy(room);
        var stream = await ConnectAsync(proxy ?? room, cancellation);
        try
        {
            if (proxy is not null)
            {
                if (proxy.Scheme == Uri.UriSchemeHttps) stream = await SecureAsync(stream, proxy, cancellation);
                await TunnelAsync(stream, proxy, room, cancellation);
            }
            return room.Scheme == Uri.UriSchemeWss ? await SecureAsync(stream, room, cancellation) : stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> ConnectAsync(Uri peer, CancellationToken cancellation)
    {
        if (peer.Scheme.StartsWith("socks", StringComparison.Ordinal)) throw new TunnelException("the chat room is not reached through a SOCKS proxy; name an HTTP proxy");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(peer.IdnHost, peer.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(Stream stream, Uri peer, CancellationToken cancellation)
    {
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(new() { TargetHost = peer.IdnHost, RemoteCertificateValidationCallback = _trust }, cancellation);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    // RFC 9110, 9.3.6.
    private async Task TunnelAsync(Stream stream, Uri proxy, Uri room, CancellationToken cancellation)
    {
        var target = Handshake.HostOf(room, alwaysPort: true);
        var credential = _proxies.Credentials?.GetCredential(proxy, "Basic");
        var authorization = credential is null ? "" : $"Proxy-Authorization: Basic {Base64(credential)}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n"), cancellation);
        var answers = new AnswerReader(stream);
        var head = await answers.ReadAsync(cancellation);
        if (head.Status is < 200 or > 299 || !answers.Unread.IsEmpty) throw new TunnelException($"the proxy does not let the chat room be reached (HTTP {head.Status})");
    }

    private static string Base64(NetworkCredential credential) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}"));
}

/// <summary>The proxy makes no tunnel. The message may be told: it names no address.</summary>
internal sealed class TunnelException(string message) : IOException(message);
