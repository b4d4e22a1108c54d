using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Testing;
using Grpc.Net.Client;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>The gateway as a process of its own with OpenTelemetry's variables set, whose output is kept. Disposing ends it by SIGTERM, and by SIGKILL if that does not help.</summary>
internal sealed partial class ExportingGateway : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-test-");
    private readonly Lock _gate = new(); // guards the two lists
    private readonly List<string> _output = [];
    private readonly List<(Func<string, bool> Match, TaskCompletionSource<string> Done)> _waiters = [];
    private readonly Process _process;

    private ExportingGateway(ProcessStartInfo start, AkoolEmulator akool)
    {
        start.ArgumentList.Add($"--Akool:BaseUrl={akool.BaseUrl}");
        start.ArgumentList.Add($"--Ledger:ConnectionString=Data Source={LedgerPath}");
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Every line that it wrote; complete when it has stopped.</summary>
    public IReadOnlyList<string> Output { get { lock (_gate) return [.. _output]; } }

    public string LedgerPath => Path.Combine(_folder.FullName, "ledger.db");

    public GrpcChannel Channel { get; private set; } = null!;

    public Uri Operations { get; private set; } = null!;

    public SessionService.SessionServiceClient Sessions => new(Channel);

    public ChatService.ChatServiceClient Chats => new(Channel);

    /// <summary>Starts it for an emulated account; done when it serves.</summary>
    public static async Task<ExportingGateway> StartAsync(AkoolEmulator akool, IReadOnlyDictionary<string, string?> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Akool.Gateway.dll"));
        start.ArgumentList.Add("--Gateway:GrpcUrl=http://127.0.0.1:0");
        start.ArgumentList.Add("--Gateway:OperationsUrl=http://127.0.0.1:0");
        start.ArgumentList.Add($"--Akool:Token={new EmulatorOptions().Token}");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var process = new ExportingGateway(start, akool);
        try
        {
            var listening = Listening().Match(await process.LineAsync(Listening().IsMatch).WaitAsync(TestLimits.Process));
            process.Channel = GrpcChannel.ForAddress(listening.Groups[1].Value);
            process.Operations = new Uri(listening.Groups[2].Value);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes with the first line that matches.</summary>
    public Task<string> LineAsync(Func<string, bool> match)
    {
        lock (_gate)
        {
            if (_output.Find(line => match(line)) is { } past) return Task.FromResult(past);
            var done = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((match, done));
            return done.Task;
        }
    }

    /// <summary>SIGTERM; done when it has ended and everything that it wrote is there. Gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync().WaitAsync(TestLimits.Process);
        }
        await _process.WaitForExitAsync().WaitAsync(TestLimits.Process);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try { await StopAsync(); }
        finally
        {
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
            Channel?.Dispose();
            _folder.Delete(recursive: true);
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_gate)
        {
            _output.Add(line);
            foreach (var waiter in _waiters.Where(waiter => waiter.Match(line)).ToList())
            {
                waiter.Done.TrySetResult(line);
                _waiters.Remove(waiter);
            }
        }
    }

    [GeneratedRegex("Listening for gRPC on ([^ \"]+) and for operations on ([^ \"]+)")]
    private static partial Regex Listening();
}
