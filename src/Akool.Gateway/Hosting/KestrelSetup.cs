using Akool.Gateway.Auth;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Hosting;

/// <summary>The server's endpoints and limits.</summary>
internal sealed class KestrelSetup(IOptions<GatewayOptions> options, TlsCertificates tls) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        SetLimits(server.Limits);
        try
        {
            server.Listen(options.Value.GrpcUrl, ConfigureGrpc);
            server.Listen(options.Value.OperationsUrl, listen => listen.Protocols = HttpProtocols.Http1);
        }
        catch (OptionsValidationException)
        {
            // The host makes the server while it is built, before all sections can be checked: GatewayApplication names these faults with the others.
        }
    }

    private static void SetLimits(KestrelServerLimits limits)
    {
        // Room for a flood of 10 000 idle connections and for the honest client beside it; never unlimited.
        limits.MaxConcurrentConnections = 16_384;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestLineSize = 4 * 1024;

        // A client that reads too slowly is its stream's matter (slow-consumer policy); this limit would end the connection, and with it the
        // streams of others behind the same proxy. A dead one is found by the pings below.
        limits.MinResponseDataRate = null;

        var http2 = limits.Http2;
        // Kestrel's 100 lets call 101 wait without a word; one client may hold all its chats on one connection.
        http2.MaxStreamsPerConnection = 10_000;
        // A lost client is noticed after 20 s + 10 s of silence, inside the 45 s that a detach may take.
        http2.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
        http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        // What one client can make us hold: a few of the largest turns on a stream, and 1 MiB on a connection however many streams it has.
        http2.InitialStreamWindowSize = 64 * 1024;
        http2.InitialConnectionWindowSize = 1024 * 1024;
        http2.MaxRequestHeaderFieldSize = 16 * 1024;
    }

    private void ConfigureGrpc(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        if (options.Value.IsTls) listen.UseHttps(tls.Handshake());
    }
}
