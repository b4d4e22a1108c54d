using Akool.Sessions.Ports;
using Akool.Testing;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akool.Gateway.Tests.Hosting;

/// <summary>The real server on free ports of the loopback, with a catalogue in place of AKOOL. Fails its test where an Error was logged unannounced.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private ServerFixture(GatewayApplication gateway, FakeAvatarApi api, LogGuard log)
    {
        (Gateway, Api, Log) = (gateway, api, log);
        Channel = GrpcChannel.ForAddress(gateway.GrpcAddress, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false },
        });
        Operations = new HttpClient { BaseAddress = gateway.OperationsAddress, Timeout = TestLimits.Hang };
    }

    public GatewayApplication Gateway { get; }

    public FakeAvatarApi Api { get; }

    public LogGuard Log { get; }

    /// <summary>One HTTP/2 connection, never more.</summary>
    public GrpcChannel Channel { get; }

    public HttpClient Operations { get; }

    public static async Task<ServerFixture> StartAsync(Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var (api, log) = (new FakeAvatarApi(), new LogGuard());
        var all = new Dictionary<string, string?> { ["Gateway:GrpcUrl"] = "http://127.0.0.1:0", ["Gateway:OperationsUrl"] = "http://127.0.0.1:0" };
        foreach (var (key, value) in settings) all[key] = value;
        var gateway = GatewayApplication.Build([], all, collection =>
        {
            collection.AddSingleton<IAvatarApi>(api);
            collection.AddLogging(logging => logging.ClearProviders().AddProvider(log));
            services?.Invoke(collection);
        });
        await gateway.StartAsync(CancellationToken.None).WaitAsync(TestLimits.Hang);
        return new ServerFixture(gateway, api, log);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.StopAsync(CancellationToken.None).WaitAsync(TestLimits.Hang);
        Channel.Dispose();
        Operations.Dispose();
        await Gateway.DisposeAsync();
        Log.Verify();
    }
}
