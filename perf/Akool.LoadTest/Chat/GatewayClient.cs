using Akool.Avatar.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Akool.LoadTest.Chat;

/// <summary>Connections to the gateway, used in turn. Safe from any thread.</summary>
internal sealed class GatewayClient(Uri address, string? apiKey, int connections) : IDisposable
{
    private readonly GrpcChannel[] _channels = [.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        },
        DisposeHttpClient = true,
    }))];

    private int _next, _created;

    /// <summary>What the streams found that fails the run, whoever was waiting.</summary>
    public Findings Findings { get; } = new();

    /// <summary>Sessions that were created: so many at least must be known to AKOOL.</summary>
    public int Created => _created;

    public SessionService.SessionServiceClient Sessions => new(Next());

    public ChatService.ChatServiceClient Chats => new(Next());

    public Metadata Headers => apiKey is null ? [] : new Metadata { { "authorization", $"Bearer {apiKey}" } };

    /// <summary>Creates a session and gives it once AKOOL runs it.</summary>
    public async Task<Session> CreateAsync(CancellationToken cancellation)
    {
        var request = new CreateSessionRequest
        {
            Config = new SessionConfig { AvatarId = "Kai_1080P_back" },
            RequestId = Guid.NewGuid().ToString("N"),
            WaitUntilActive = true,
        };
        var created = await Sessions.CreateSessionAsync(request, Headers, Deadline(), cancellation);
        Interlocked.Increment(ref _created);
        return created.Session;
    }

    public async Task CloseAsync(string name, CancellationToken cancellation) =>
        await Sessions.CloseSessionAsync(new CloseSessionRequest { Name = name }, Headers, Deadline(), cancellation);

    public void Dispose() => Array.ForEach(_channels, channel => channel.Dispose());

    private static DateTime Deadline() => (TimeProvider.System.GetUtcNow() + LoadLimits.Call).UtcDateTime;

    private GrpcChannel Next() => _channels[(uint)Interlocked.Increment(ref _next) % (uint)_channels.Length];
}
