using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Testing;
using Grpc.Net.Client;

namespace Akool.Gateway.Tests.Drills;

/// <summary>The gateway as a process of its own. Disposing it kills it, if it still runs.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    private readonly Process _process;

    private GatewayProcess(Process process, Uri address, Task<string> output)
    {
        (_process, Output) = (process, output);
        Channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler() });
        (Sessions, Chats, Admin) = (new(Channel), new(Channel), new(Channel));
    }

    public GrpcChannel Channel { get; }

    public SessionService.SessionServiceClient Sessions { get; }

    public ChatService.ChatServiceClient Chats { get; }

    public AdminService.AdminServiceClient Admin { get; }

    /// <summary>The rest of its log; complete when it has ended.</summary>
    public Task<string> Output { get; }

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it for an emulated account on the ledger in a folder; done when it serves.</summary>
    public static async Task<GatewayProcess> StartAsync(AkoolEmulator akool, DirectoryInfo folder, params string[] arguments)
    {
        var process = Begin(akool, folder, arguments);
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(TestLimits.Process) is { } line)
            if (Listening().Match(line) is { Success: true } match) return new(process, new(match.Groups[1].Value), process.StandardOutput.ReadToEndAsync());
        throw new InvalidOperationException("the gateway did not start: " + await process.StandardError.ReadToEndAsync().WaitAsync(TestLimits.Process));
    }

    /// <summary>Starts it where it cannot start; gives its exit code and what it says.</summary>
    public static async Task<(int ExitCode, string Error)> FailAsync(AkoolEmulator akool, DirectoryInfo folder)
    {
        using var process = Begin(akool, folder);
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(TestLimits.Process);
        await process.WaitForExitAsync().WaitAsync(TestLimits.Process);
        return (process.ExitCode, error);
    }

    /// <summary>SIGKILL; done when it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync(TestLimits.Hang);
    }

    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(TestLimits.Hang);
    }

    /// <summary>Done when it has ended.</summary>
    public Task EndAsync(TimeSpan limit) => _process.WaitForExitAsync().WaitAsync(limit);

    public Task<CreateSessionResponse> CreateAsync(string requestId = "", bool wait = true) => Sessions.CreateSessionAsync(
        new() { Config = new() { AvatarId = "Kai_1080P_back" }, RequestId = requestId, WaitUntilActive = wait }).ResponseAsync;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        Channel.Dispose();
        _process.Dispose();
    }

    private static Process Begin(AkoolEmulator akool, DirectoryInfo folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Akool.Gateway.dll"));
        foreach (var (key, value) in Settings(akool, folder)) start.ArgumentList.Add($"--{key}={value}");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static Dictionary<string, string> Settings(AkoolEmulator akool, DirectoryInfo folder) => new()
    {
        ["Gateway:GrpcUrl"] = "http://127.0.0.1:0",
        ["Gateway:OperationsUrl"] = "http://127.0.0.1:0",
        ["Akool:BaseUrl"] = akool.BaseUrl.GetLeftPart(UriPartial.Authority),
        ["Akool:Token"] = new EmulatorOptions().Token,
        ["Ledger:ConnectionString"] = $"Data Source={Path.Combine(folder.FullName, "ledger.db")}",
    };

    [GeneratedRegex("Listening for gRPC on ([^ ]+)")]
    private static partial Regex Listening();
}
