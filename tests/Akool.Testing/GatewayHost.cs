using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Gateway;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akool.Testing;

/// <summary>
/// The real gateway on free ports of the loopback, with clients for all of its services. Disposing stops it, and fails the test in which an Error
/// was logged that <see cref="Log"/> was not told to expect.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly DirectoryInfo? _ownFolder;
    private bool _stopped;

    private GatewayHost(GatewayApplication gateway, LogGuard log, DirectoryInfo? ownFolder)
    {
        (Gateway, Log, _ownFolder) = (gateway, log, ownFolder);
        Channel = Connect();
        Operations = new HttpClient { BaseAddress = gateway.OperationsAddress, Timeout = TestLimits.Hang };
        Sessions = new SessionService.SessionServiceClient(Channel);
        Chat = new ChatService.ChatServiceClient(Channel);
        Catalog = new CatalogService.CatalogServiceClient(Channel);
        Admin = new AdminService.AdminServiceClient(Channel);
    }

    /// <summary>The gateway itself.</summary>
    public GatewayApplication Gateway { get; }

    /// <summary>Its log.</summary>
    public LogGuard Log { get; }

    /// <summary>One HTTP/2 connection, never more; the clients below use it.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>For <c>/livez</c>, <c>/readyz</c> and <c>/statusz</c>.</summary>
    public HttpClient Operations { get; }

    public SessionService.SessionServiceClient Sessions { get; }

    public ChatService.ChatServiceClient Chat { get; }

    public CatalogService.CatalogServiceClient Catalog { get; }

    public AdminService.AdminServiceClient Admin { get; }

    /// <summary>Starts a gateway over an emulated account.</summary>
    public static Task<GatewayHost> StartAsync(AkoolEmulator akool, GatewayHostSetup? setup = null) => StartAsync(akool.BaseUrl, setup);

    /// <summary>Starts a gateway over whatever is, or is not, at an address.</summary>
    public static async Task<GatewayHost> StartAsync(Uri akool, GatewayHostSetup? setup = null)
    {
        setup ??= new GatewayHostSetup();
        var ownFolder = setup.Folder is null ? Directory.CreateTempSubdirectory("akool-test-") : null;
        var log = new LogGuard();
        var gateway = GatewayApplication.Build([.. setup.Arguments], Settings(akool, ownFolder ?? setup.Folder!, setup), services =>
        {
            services.AddLogging(logging => logging.ClearProviders().AddProvider(log));
            setup.Services?.Invoke(services);
        });
        await gateway.StartAsync(CancellationToken.None).WaitAsync(TestLimits.Hang);
        return new GatewayHost(gateway, log, ownFolder);
    }

    /// <summary>A connection of its own.</summary>
    public GrpcChannel Connect() => GrpcChannel.ForAddress(
        Gateway.GrpcAddress, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false } });

    /// <summary>Drains and stops the gateway; the folder stays until it is disposed.</summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await Gateway.StopAsync(CancellationToken.None).WaitAsync(TestLimits.Stop);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Channel.Dispose();
        Operations.Dispose();
        await Gateway.DisposeAsync();
        _ownFolder?.Delete(recursive: true);
        Log.Verify();
    }

    private static Dictionary<string, string?> Settings(Uri akool, DirectoryInfo folder, GatewayHostSetup setup)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Gateway:GrpcUrl"] = "http://127.0.0.1:0",
            ["Gateway:OperationsUrl"] = "http://127.0.0.1:0",
            ["Akool:BaseUrl"] = akool.ToString(),
            ["Akool:Token"] = new EmulatorOptions().Token,
            ["Ledger:ConnectionString"] = $"Data Source={Path.Combine(folder.FullName, "ledger.db")}",
        };
        foreach (var (key, value) in setup.Settings) settings[key] = value;
        return settings;
    }
}

/// <summary>How a test's gateway differs from the usual one.</summary>
public sealed record GatewayHostSetup
{
    /// <summary>Command line, for what is decided before the configuration is read, such as <c>--environment</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Configuration, over the test's defaults.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Changes the services, after all of the gateway's own.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Where the ledger lies, to start a gateway over what another one left; null: a folder of its own, removed after.</summary>
    public DirectoryInfo? Folder { get; init; }
}
