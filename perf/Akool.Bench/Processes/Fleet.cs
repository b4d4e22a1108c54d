using System.Net;
using System.Net.Sockets;
using Akool.Bench.Load;

namespace Akool.Bench.Processes;

/// <summary>A process under test, how it is talked to, and whose CPU shows whether the machine was quiet.</summary>
internal sealed record Contender(string Name, ChildProcess Process, ITarget Target, ChildProcess? Canary);

/// <summary>A fake AKOOL.</summary>
internal sealed record Upstream(Uri Address, ChildProcess Process);

/// <summary>Starts the processes of a measurement and ends them all. All get the same GC mode.</summary>
internal sealed class Fleet(BenchOptions options, CancellationToken cancellation) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly List<string> _folders = [];

    public Task<Contender> GrpcEchoAsync(int streamsPerConnection) => BaselineAsync("b1", port => new GrpcEchoTarget(Http(port), streamsPerConnection));

    public Task<Contender> SocketEchoAsync() => BaselineAsync("b2", port => new SocketTarget(new Uri($"ws://127.0.0.1:{port}/echo")));

    public async Task<Upstream> UpstreamAsync()
    {
        var (port, _, process) = await RoleAsync("upstream");
        return new(Http(port), process);
    }

    /// <summary>The gateway (or the bridge in its place), with an upstream of its own where none is given.</summary>
    public async Task<Contender> GatewayAsync(int streamsPerConnection, Tracing tracing = Tracing.Off, string? against = null, Upstream? upstream = null)
    {
        upstream ??= await UpstreamAsync();
        var (port, operations) = (FreePort(), FreePort());
        var target = new GatewayTarget(Http(port), streamsPerConnection, tracing);
        _owned.Insert(0, target);
        if ((against ?? options.GatewayDll) is not { } dll)
        {
            var bridge = await StartRoleAsync("bridge", port, operations, upstream.Address.ToString());
            return new("bridge", bridge, target, upstream.Process);
        }

        var sink = tracing == Tracing.Off ? null : Http((await RoleAsync("sink")).Port).ToString();
        var figures = FreePort();
        var gateway = await ChildProcess.StartAsync("gateway", "dotnet", [dll], GatewayEnvironment(upstream.Address, port, operations, figures, sink),
            Http(operations), figures, "/readyz", cancellation);
        _owned.Insert(0, gateway);
        var name = against is null ? "gateway" : "against";
        return new(tracing == Tracing.Off ? name : $"{name}, {tracing}", gateway, target, upstream.Process);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned) await owned.DisposeAsync();
        foreach (var folder in _folders) Directory.Delete(folder, recursive: true);
    }

    private async Task<Contender> BaselineAsync(string role, Func<int, ITarget> target)
    {
        var (port, _, process) = await RoleAsync(role);
        var made = target(port);
        _owned.Insert(0, made);
        return new(role, process, made, null);
    }

    private async Task<(int Port, int Operations, ChildProcess Process)> RoleAsync(string role)
    {
        var (port, operations) = (FreePort(), FreePort());
        return (port, operations, await StartRoleAsync(role, port, operations, ""));
    }

    private async Task<ChildProcess> StartRoleAsync(string role, int port, int operations, string upstream)
    {
        var self = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(Fleet).Assembly.Location] : [];
        string[] arguments = [.. host, "role", role, "--port", $"{port}", "--operations-port", $"{operations}",
            "--upstream", upstream, "--burn-us", $"{options.BurnMicroseconds}", "--stall-ms", $"{options.StallMilliseconds}", "--answer-ended", $"{options.MarkAnswerEnd}"];
        var figures = FreePort();
        var process = await ChildProcess.StartAsync(role, self, arguments, RuntimeEnvironment(figures), Http(operations), figures, "/livez", cancellation);
        _owned.Insert(0, process);
        return process;
    }

    private Dictionary<string, string> RuntimeEnvironment(int figures) => new()
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
        [StartupHook.PortVariable] = $"{figures}",
        ["DOTNET_gcServer"] = options.WorkstationGc ? "0" : "1",
        // The roles have the generator's runtime settings, which switch the adaptation off: without this the floors would have another collector than the gateway.
        ["DOTNET_GCDynamicAdaptationMode"] = "1",
        ["DOTNET_TieredPGO"] = "1",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
    };

    private Dictionary<string, string> GatewayEnvironment(Uri upstream, int port, int operations, int figures, string? sink)
    {
        var folder = Directory.CreateTempSubdirectory("akool-bench").FullName;
        _folders.Add(folder);
        var environment = new Dictionary<string, string>(RuntimeEnvironment(figures))
        {
            ["Akool__BaseUrl"] = upstream.ToString(),
            ["Akool__Token"] = "bench",
            ["Gateway__GrpcUrl"] = $"http://127.0.0.1:{port}",
            ["Gateway__OperationsUrl"] = $"http://127.0.0.1:{operations}",
            ["Sessions__MaxLive"] = "20000",
            ["Sessions__MaxLivePerOwner"] = "20000",
            // Turns come faster than the quiet period ends them: the default of 64 open turns would be what is measured.
            ["Chat__MaxOpenTurns"] = "10000",
            ["Chat__AnswerQuietPeriod"] = "00:00:00.100",
            ["Ledger__ConnectionString"] = $"Data Source={Path.Combine(folder, "ledger.db")}",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        if (sink is null) return environment;
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink;
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        return environment;
    }

    private static Uri Http(int port) => new($"http://127.0.0.1:{port}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
