using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Akool.LoadTest.Target;

/// <summary>The sandbox (emulator and gateway in one process), started as a child and ended when disposed.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly string _folder;
    private readonly Queue<string> _tail = [];                  // guarded by itself: its last lines, for the error text

    private SandboxProcess(Process process, string folder, Uri gateway, Uri emulator) => (_process, _folder, Gateway, Emulator) = (process, folder, gateway, emulator);

    public Uri Gateway { get; }

    public Uri Emulator { get; }

    public static async Task<SandboxProcess> StartAsync(string dll, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("akool-loadtest").FullName;
        int[] ports = FreePorts(3);
        var (gateway, operations, emulator) = (Http(ports[0]), Http(ports[1]), Http(ports[2]));
        string[] arguments =
        [
            dll, "--Gateway:GrpcUrl", $"{gateway}", "--Gateway:OperationsUrl", $"{operations}", "--Emulator:Url", $"{emulator}", "--Emulator:KeepJournal", "false",
            "--Ledger:ConnectionString", $"Data Source={Path.Combine(folder, "ledger.db")}", "--Sessions:MaxLive", "20000", "--Sessions:MaxLivePerOwner", "20000",
            "--Chat:AnswerQuietPeriod", "00:00:00.200", "--Chat:MaxOpenTurns", "1000", "--Sessions:DetachGrace", "00:00:10", "--Logging:LogLevel:Default", "Warning",
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var sandbox = new SandboxProcess(Process.Start(start)!, folder, gateway, emulator);
        sandbox._process.OutputDataReceived += sandbox.Keep;
        sandbox._process.ErrorDataReceived += sandbox.Keep;
        sandbox._process.BeginOutputReadLine();
        sandbox._process.BeginErrorReadLine();
        try
        {
            await sandbox.ReadyAsync(new Uri(operations, "/readyz"), cancellation);
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>This repository's build of the sandbox: of the same configuration as the load test where there is one.</summary>
    public static string Built()
    {
        var release = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var configuration in release ? ["Release", "Debug"] : new[] { "Debug", "Release" })
            {
                var built = Path.Combine(folder.FullName, $"src/Akool.Sandbox/bin/{configuration}/net10.0/Akool.Sandbox.dll");
                if (File.Exists(built)) return built;
            }
        }

        throw new FileNotFoundException("no build of src/Akool.Sandbox; build it, or say --gateway URL --emulator URL");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadyAsync(Uri ready, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin) < StartLimit)
        {
            if (_process.HasExited) break;
            try
            {
                using var answer = await http.GetAsync(ready, cancellation);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }

        lock (_tail) throw new InvalidOperationException($"the sandbox did not come up:\n{string.Join('\n', _tail)}");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_tail)
        {
            _tail.Enqueue(line.Data);
            if (_tail.Count > 40) _tail.Dequeue();
        }
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
