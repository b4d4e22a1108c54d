using System.Net;
using System.Security.Cryptography;
using System.Text;
using Akool.Avatar.V1;
using Akool.Gateway.Auth;
using Akool.Gateway.Hosting;
using Grpc.Core;
using Grpc.HealthCheck;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Gateway.Tests.Auth;

/// <summary>Stub services behind the real gate, on a loopback port.</summary>
internal sealed class AuthHost : IAsyncDisposable
{
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly List<IDisposable> _clients = [];

    private AuthHost(WebApplication app, Settings settings, FakeTimeProvider time) => (_app, Settings, Time) = (app, settings, time);

    public Settings Settings { get; }

    public FakeTimeProvider Time { get; }

    public string Address => _app.Urls.Single();

    public static async Task<AuthHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var given = new Settings(settings);
        var time = new FakeTimeProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Add(given);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (given["Gateway:Tls:CertificateFile"] is not null)
                listen.UseHttps(server.ApplicationServices.GetRequiredService<TlsCertificates>().Handshake());
        }));
        builder.Services.AddGrpc();
        builder.Services.AddSection<GatewayOptions>(GatewayOptions.Section)
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<HealthServiceImpl>()
            .AddGatewayAuth();
        var app = builder.Build();
        Assert.Empty(app.Services.GetServices<IConfiguredSection>().SelectMany(section => section.Faults()));
        app.UseGatewayAuth();
        app.MapGrpcService<HealthServiceImpl>();
        app.MapGrpcService<StubSessions>();
        app.MapGrpcService<StubChat>();
        app.MapGrpcService<StubAdmin>();
        await app.StartAsync().WaitAsync(Hang);
        return new AuthHost(app, given, time);
    }

    /// <summary>A key's entry in the configuration.</summary>
    public static (string Key, string Value)[] Key(int index, string key, string owner, params string[] scopes) =>
    [
        ($"Gateway:Auth:Keys:{index}:Owner", owner),
        ($"Gateway:Auth:Keys:{index}:Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))),
        .. scopes.Select((scope, i) => ($"Gateway:Auth:Keys:{index}:Scopes:{i}", scope)),
    ];

    public GrpcChannel Connect(HttpMessageHandler? handler = null)
    {
        var channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { HttpHandler = handler ?? new SocketsHttpHandler(), DisposeHttpClient = true });
        _clients.Add(channel);
        return channel;
    }

    /// <summary>Makes a call that answers with the owner and the token that the service saw.</summary>
    public async Task<string> WhoAmIAsync(Metadata? headers = null, HttpMessageHandler? handler = null)
    {
        var answer = await new SessionService.SessionServiceClient(Connect(handler))
            .GetSessionAsync(new GetSessionRequest(), headers, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync.WaitAsync(Hang);
        return answer.Session.Name;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await _app.StopAsync().WaitAsync(Hang);
        await _app.DisposeAsync();
    }

    private sealed class StubSessions : SessionService.SessionServiceBase
    {
        public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context)
        {
            var caller = context.GetCaller();
            return Task.FromResult(new GetSessionResponse { Session = new Session { Name = $"{caller.Owner} {caller.Scopes}" } });
        }

        // Ends well when it is cancelled, as a watch may.
        public override async Task WatchSessions(WatchSessionsRequest request, IServerStreamWriter<WatchSessionsResponse> responseStream, ServerCallContext context)
        {
            var ended = new TaskCompletionSource();
            using var ending = context.CancellationToken.Register(ended.SetResult);
            await responseStream.WriteAsync(new WatchSessionsResponse());
            await ended.Task;
        }
    }

    private sealed class StubChat : ChatService.ChatServiceBase
    {
        public override async Task Chat(IAsyncStreamReader<ChatRequest> requestStream, IServerStreamWriter<ChatResponse> responseStream, ServerCallContext context)
        {
            while (await requestStream.MoveNext(context.CancellationToken)) await responseStream.WriteAsync(new ChatResponse());
        }
    }

    private sealed class StubAdmin : AdminService.AdminServiceBase
    {
        public override Task<GetCapacityResponse> GetCapacity(GetCapacityRequest request, ServerCallContext context) => Task.FromResult(new GetCapacityResponse());
    }
}

/// <summary>Configuration that a test can change while the host runs.</summary>
internal sealed class Settings : ConfigurationProvider, IConfigurationSource
{
    public Settings(IEnumerable<(string Key, string Value)> settings) => Fill(settings);

    public string? this[string key] => TryGet(key, out var value) ? value : null;

    public void Replace(IEnumerable<(string Key, string Value)> settings)
    {
        Fill(settings);
        OnReload();
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    private void Fill(IEnumerable<(string Key, string Value)> settings) =>
        Data = settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value, StringComparer.OrdinalIgnoreCase);
}
