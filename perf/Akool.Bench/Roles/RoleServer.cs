using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akool.Bench.Roles;

/// <summary>What every process of the bench is told.</summary>
internal sealed record RoleSettings(string Role, int Port, int OperationsPort, string Upstream, int BurnMicroseconds, int StallMilliseconds, bool MarkAnswerEnd);

/// <summary>
/// Kestrel as all baselines have it: cleartext HTTP/2 (B1) or HTTP/1.1 (B2, upstream) on loopback, the gateway's own limits, no logging,
/// and an operations port that says when it is up.
/// </summary>
internal static class RoleServer
{
    /// <summary>Bounds what one stream's slow reader holds; the gateway uses the same.</summary>
    private const int StreamWindow = 64 * 1024, ConnectionWindow = 1024 * 1024;

    public static async Task RunAsync(RoleSettings settings, CancellationToken stopping)
    {
        // As the gateway: nothing is watched on the disk.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
            kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
            kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
            var protocol = settings.Role is "b1" or "bridge" ? HttpProtocols.Http2 : HttpProtocols.Http1;
            kestrel.Listen(IPAddress.Loopback, settings.Port, listen => listen.Protocols = protocol);
            kestrel.Listen(IPAddress.Loopback, settings.OperationsPort, listen => listen.Protocols = HttpProtocols.Http1);
        });
        if (settings.Role is "b1" or "bridge") builder.Services.AddGrpc(grpc => grpc.EnableDetailedErrors = true);
        if (settings.Role is "bridge") builder.Services.AddSingleton(new BridgeSessions(new Uri(settings.Upstream), new Slowness(settings.BurnMicroseconds, settings.StallMilliseconds)));
        await using var app = builder.Build();
        app.MapGet("/livez", () => "ok");
        Map(app, settings);
        await app.StartAsync(stopping);
        await ((IHost)app).WaitForShutdownAsync(stopping);
    }

    private static void Map(WebApplication app, RoleSettings settings)
    {
        switch (settings.Role)
        {
            case "b1":
                app.MapGrpcService<GrpcEcho>();
                break;
            case "b2":
                app.UseWebSockets();
                app.Map("/echo", SocketEcho.HandleAsync);
                break;
            case "upstream":
                app.UseWebSockets();
                new FakeAkool($"127.0.0.1:{settings.Port}", settings.MarkAnswerEnd).Map(app);
                break;
            case "bridge":
                app.MapGrpcService<BridgeSessionService>();
                app.MapGrpcService<BridgeChatService>();
                break;
            case "sink": // swallows telemetry
                app.MapPost("/{**path}", async (HttpRequest request) => await request.Body.CopyToAsync(Stream.Null));
                break;
            default:
                throw new ArgumentException($"no role is called {settings.Role}");
        }
    }
}
