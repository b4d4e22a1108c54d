using System.Net;
using System.Net.Sockets;

namespace Akool.LoadTest.Target;

/// <summary>
/// The emulator and the gateway as two child processes on free ports. Not the sandbox: that one answers as slowly as an avatar speaks, and
/// shares its process with the gateway.
/// </summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private readonly StackProcess _emulatorProcess, _gatewayProcess;
    private readonly DirectoryInfo _folder;

    private LocalStack(StackProcess emulatorProcess, StackProcess gatewayProcess, DirectoryInfo folder, Uri emulator, Uri gateway)
    {
        (_emulatorProcess, _gatewayProcess, _folder, Emulator, Gateway) = (emulatorProcess, gatewayProcess, folder, emulator, gateway);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public Uri Gateway { get; }

    public Uri Emulator { get; }

    /// <summary>Starts both; <paramref name="maxLive"/>: sessions that the gateway admits at once.</summary>
    public static async Task<LocalStack> StartAsync(int maxLive, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("akool-loadtest-");
        var ports = FreePorts(3);
        var (gateway, operations, emulator) = (Http(ports[0]), Http(ports[1]), Http(ports[2]));
        StackProcess? akool = null;
        try
        {
            akool = await StackProcess.StartAsync(Built("Akool.Emulator"), EmulatorSettings(emulator), new Uri(emulator, "/_emulator/script"), cancellation);
            var served = await StackProcess.StartAsync(Built("Akool.Gateway"), GatewaySettings(gateway, operations, emulator, folder, maxLive), new Uri(operations, "/readyz"), cancellation);
            return new(akool, served, folder, emulator, gateway);
        }
        catch
        {
            if (akool is not null) await akool.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        await _gatewayProcess.DisposeAsync();
        await _emulatorProcess.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // A run that is told to end may not live to dispose this.
    private void OnExit(object? sender, EventArgs exit)
    {
        _gatewayProcess.Kill();
        _emulatorProcess.Kill();
        _folder.Delete(recursive: true);
    }

    private static Dictionary<string, string> EmulatorSettings(Uri emulator) => new()
    {
        ["Emulator:Url"] = $"{emulator}",
        ["Emulator:KeepJournal"] = "false",
    };

    private static Dictionary<string, string> GatewaySettings(Uri gateway, Uri operations, Uri emulator, DirectoryInfo folder, int maxLive) => new()
    {
        ["Akool:BaseUrl"] = $"{emulator}",
        ["Akool:Token"] = "emulator-token",
        ["Gateway:GrpcUrl"] = $"http://127.0.0.1:{gateway.Port}",
        ["Gateway:OperationsUrl"] = $"http://127.0.0.1:{operations.Port}",
        ["Ledger:ConnectionString"] = $"Data Source={Path.Combine(folder.FullName, "ledger.db")}",
        ["Sessions:MaxLive"] = $"{maxLive}",
        ["Sessions:MaxLivePerOwner"] = $"{maxLive}",
        ["Sessions:DetachGrace"] = "00:00:10",
        // Half-closed streams end when their turns do: with the default a short session would mostly be this wait.
        ["Chat:AnswerQuietPeriod"] = "00:00:00.200",
        ["Logging:LogLevel:Default"] = "Warning",
    };

    // Of the load test's own configuration: it was built along.
    private static string Built(string project)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, $"src/{project}/bin/{configuration}/net10.0/{project}.dll");
            if (File.Exists(built)) return built;
        }

        throw new FileNotFoundException($"no {configuration} build of src/{project}; build it, or say --gateway URL --emulator URL");
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }

    private static Uri Http(int port) => new($"http://127.0.0.1:{port}");
}
