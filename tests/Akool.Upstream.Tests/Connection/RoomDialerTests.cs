using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akool.Upstream.Connection;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Connection;

public sealed class RoomDialerTests
{
    private static readonly IWebProxy None = new WebProxy();

    [Fact]
    public async Task A_room_with_tls_is_spoken_to_under_its_name()
    {
        using var certificate = SelfSigned("room.test");
        using var listener = Listening();
        var serving = GreetAsync(listener, certificate);
        SslPolicyErrors? seen = null;
        var dialer = new RoomDialer(None, (_, shown, _, errors) =>
        {
            seen = errors;
            return shown!.GetCertHashString() == certificate.Thumbprint;
        });

        await using var stream = await dialer.DialAsync(new($"wss://{listener.LocalEndpoint}/c"), default).WaitAsync(StubAkool.Hang);

        Assert.IsType<SslStream>(stream);
        Assert.Equal("hello", await TextAsync(stream, 5));
        Assert.True(seen!.Value.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)); // it was asked for as 127.0.0.1
        await serving;
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        using var certificate = SelfSigned("127.0.0.1");
        using var listener = Listening();
        var serving = GreetAsync(listener, certificate);

        await Assert.ThrowsAsync<AuthenticationException>(() =>
            new RoomDialer(None, trust: null).DialAsync(new($"wss://{listener.LocalEndpoint}/c"), default).WaitAsync(StubAkool.Hang));

        await serving;
    }

    [Fact]
    public async Task A_proxy_is_asked_for_a_tunnel_and_told_who_asks()
    {
        using var listener = Listening();
        var serving = ProxyAsync(listener, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
        var proxy = new WebProxy($"http://{listener.LocalEndpoint}") { Credentials = new NetworkCredential("user", "word") };

        await using var stream = await new RoomDialer(proxy, trust: null).DialAsync(new("ws://room.invalid/c"), default).WaitAsync(StubAkool.Hang);

        Assert.Equal("CONNECT room.invalid:80 HTTP/1.1\r\nHost: room.invalid:80\r\nProxy-Authorization: Basic dXNlcjp3b3Jk\r\n\r\n", await serving);
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nplanted before the handshake")]
    public async Task A_proxy_that_makes_no_tunnel_is_no_connection(string answer)
    {
        using var listener = Listening();
        var serving = ProxyAsync(listener, answer);

        await Assert.ThrowsAsync<TunnelException>(() =>
            new RoomDialer(new WebProxy($"http://{listener.LocalEndpoint}"), trust: null).DialAsync(new("ws://room.invalid/c"), default).WaitAsync(StubAkool.Hang));

        await serving;
    }

    [Fact]
    public async Task A_proxy_of_another_kind_is_named_as_the_reason()
    {
        var refusal = await Assert.ThrowsAsync<TunnelException>(() => new RoomDialer(new WebProxy("socks5://127.0.0.1:1"), trust: null).DialAsync(new("ws://room.invalid/c"), default));

        Assert.Contains("SOCKS", refusal.Message, StringComparison.Ordinal);
    }

    private static TcpListener Listening()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static async Task GreetAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var client = await listener.AcceptTcpClientAsync().WaitAsync(StubAkool.Hang);
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(certificate).WaitAsync(StubAkool.Hang);
            await stream.WriteAsync("hello"u8.ToArray());
        }
        catch (Exception e) when (e is IOException or AuthenticationException) { } // refused
    }

    // Gives what it was asked.
    private static async Task<string> ProxyAsync(TcpListener listener, string answer)
    {
        using var peer = new RawPeer(await listener.AcceptTcpClientAsync().WaitAsync(StubAkool.Hang));
        await peer.ReadHandshakeAsync();
        await peer.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return peer.Handshake;
    }

    private static async Task<string> TextAsync(Stream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(StubAkool.Hang);
        return Encoding.ASCII.GetString(bytes);
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
