using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akool.Upstream.Tests.Support;

/// <summary>AKOOL's REST side over a real network, answering as it is told.</summary>
internal sealed class AkoolServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AkoolServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>The headers of each request, in order.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Seen { get; } = [];

    /// <summary>The connections that requests came over.</summary>
    public ConcurrentQueue<string> Connections { get; } = [];

    public static async Task<AkoolServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new AkoolServer(app);
        app.Run(context =>
        {
            server.Seen.Enqueue(context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()));
            server.Connections.Enqueue(context.Connection.Id);
            return answer(context);
        });
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
