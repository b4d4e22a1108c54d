using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Gateway;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akool.Testing;

/// <summary>
/// The real gateway over an emulated AKOOL, on loopback, in this process; its ledger is in a folder of its own, which goes with it. Disposing it fails its
/// test where an Error was logged that was not named.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private GatewayHost(GatewayApplication gateway, LogGuard log, DirectoryInfo folder)
    {
        (Gateway, Log, _folder) = (gateway, log, folder);
        Channel = GrpcChannel.ForAddress(gateway.GrpcAddress);
        (Sessions, Chats, Admin) = (new(Channel), new(Channel), new(Channel));
    }

    public GatewayApplication Gateway { get; }

    /// <summary>The gateway's log.</summary>
    public LogGuard Log { get; }

    public GrpcChannel Channel { get; }

    public SessionService.SessionServiceClient Sessions { get; }

    public ChatService.ChatServiceClient Chats { get; }

    public AdminService.AdminServiceClient Admin { get; }

    /// <summary>Starts a gateway for an emulated account; settings stand over the defaults.</summary>
    public static async Task<GatewayHost> StartAsync(AkoolEmulator akool, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("akool-test-");
        var all = Settings(akool, folder);
        foreach (var (key, value) in settings) all[key] = value;
        var log = new LogGuard();
        var gateway = GatewayApplication.Build([], all, services => services.AddLogging(logging => logging.ClearProviders().AddProvider(log)));
        await gateway.StartAsync(CancellationToken.None).WaitAsync(TestLimits.Hang);
        return new(gateway, log, folder);
    }

    /// <summary>What a gateway must be told to work with an emulated account and to keep its ledger in a folder.</summary>
    public static Dictionary<string, string?> Settings(AkoolEmulator akool, DirectoryInfo folder) => new()
    {
        ["Gateway:GrpcUrl"] = "http://127.0.0.1:0",
        ["Gateway:OperationsUrl"] = "http://127.0.0.1:0",
        ["Akool:BaseUrl"] = akool.BaseUrl.GetLeftPart(UriPartial.Authority),
        ["Akool:Token"] = new EmulatorOptions().Token,
        ["Ledger:ConnectionString"] = $"Data Source={Path.Combine(folder.FullName, "ledger.db")}",
    };

    /// <summary>A session of the emulator's first avatar that runs.</summary>
    public async Task<Session> CreateAsync(string requestId = "", CancellationToken cancellation = default) =>
        (await Sessions.CreateSessionAsync(
            new() { Config = new() { AvatarId = "Kai_1080P_back" }, RequestId = requestId, WaitUntilActive = true },
            deadline: null, cancellationToken: cancellation).ResponseAsync.WaitAsync(TestLimits.Hang, CancellationToken.None)).Session;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Gateway.StopAsync(CancellationToken.None).WaitAsync(TestLimits.Hang + TestLimits.Hang);
        await Gateway.DisposeAsync();
        _folder.Delete(recursive: true);
        Log.Verify();
    }
}
