using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Akool.Emulator;
using Akool.Testing;
using Akool.Testing.Otlp;
using Grpc.Net.Client;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>The gateway as a process of its own, whose output is kept. Disposing ends it by SIGTERM, and by SIGKILL if that does not help.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-test-");
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private GatewayProcess(ProcessStartInfo start, AkoolEmulator akool)
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

    /// <summary>Every line that it wrote.</summary>
    public IReadOnlyCollection<string> Output => _output;

    public string LedgerPath => Path.Combine(_folder.FullName, "ledger.db");

    public GrpcChannel Channel { get; private set; } = null!;

    public static async Task<GatewayProcess> StartAsync(AkoolEmulator akool, OtlpReceiver receiver, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Akool.Gateway.dll"));
        start.ArgumentList.Add("--Gateway:GrpcUrl=http://127.0.0.1:0");
        start.ArgumentList.Add("--Gateway:OperationsUrl=http://127.0.0.1:0");
        start.ArgumentList.Add("--Chat:AnswerQuietPeriod=00:00:00.050");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in receiver.Variables) start.Environment[name] = value;
        start.Environment["Akool__Token"] = new EmulatorOptions().Token;
        var process = new GatewayProcess(start, akool);
        process.Channel = GrpcChannel.ForAddress(await process._listening.Task.WaitAsync(TestLimits.Hang));
        return process;
    }

    public async Task StopAsync()
    {
        if (_process.HasExited) return;
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(TestLimits.Stop);
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
        _output.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match) _listening.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex("Listening for gRPC on ([^ \"]+)")]
    private static partial Regex Listening();
}
