using Akool.Sessions.Ports;
using Akool.Testing;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Akool.Gateway.Tests.Hosting;

/// <summary>The real gateway with a catalogue in place of AKOOL.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    // Nobody listens there, and nothing is sent there.
    private static readonly Uri Nowhere = new("http://127.0.0.1:9");

    private readonly GatewayHost _host;

    private ServerFixture(GatewayHost host, FakeAvatarApi api) => (_host, Api) = (host, api);

    public FakeAvatarApi Api { get; }

    public GatewayApplication Gateway => _host.Gateway;

    public LogGuard Log => _host.Log;

    public GrpcChannel Channel => _host.Channel;

    public HttpClient Operations => _host.Operations;

    public static async Task<ServerFixture> StartAsync(Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var api = new FakeAvatarApi();
        var host = await GatewayHost.StartAsync(Nowhere, new GatewayHostSetup
        {
            Settings = settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value),
            Services = collection =>
            {
                collection.AddSingleton<IAvatarApi>(api);
                services?.Invoke(collection);
            },
        });
        return new ServerFixture(host, api);
    }

    public Task StopAsync() => _host.StopAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
