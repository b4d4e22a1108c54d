using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Gateway.Tests.Auth;
using Akool.Testing;
using Grpc.Core;
using Grpc.Net.Client;

namespace Akool.Gateway.Tests.Hosting;

/// <summary>The gateway as a process: how it starts, and how it ends.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-test-");
    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill(); // what a test that failed has left; one that has ended is left alone
            process.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_wrong_configuration_stops_the_start_with_a_message_and_no_stack()
    {
        var process = Start("--Sessions:MaxLive=0", "--Chat:MaxOpenTurns=0");

        var error = await process.StandardError.ReadToEndAsync().WaitAsync(TestLimits.Process);
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("2 faults", error, StringComparison.Ordinal);
        Assert.Contains("Sessions:MaxLive", error, StringComparison.Ordinal);
        Assert.Contains("Chat:MaxOpenTurns", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_a_message_and_no_stack()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var process = Start($"--Gateway:GrpcUrl=http://{taken.LocalEndpoint}");

        var error = await process.StandardError.ReadToEndAsync().WaitAsync(TestLimits.Process);
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("address already in use", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_process_well(string signal)
    {
        var process = Start();
        await ReadGrpcAddressAsync(process);

        await SignalAsync(process, signal);
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);

        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_request_that_never_becomes_whole_is_answered_and_does_not_hold_up_the_end()
    {
        var process = Start();
        using var request = await BeginRequestAsync(await ReadGrpcAddressAsync(process));

        await SignalAsync(process, "TERM");
        await ReadStatusAsync(request);
        request.Close();
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);

        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_second_signal_ends_the_process_at_once()
    {
        var process = Start();
        using var request = await BeginRequestAsync(await ReadGrpcAddressAsync(process));
        await SignalAsync(process, "TERM");
        await ReadLineAsync(process, DrainBegan());

        await SignalAsync(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang); // where it only drains, it ends as well as after the first

        Assert.Equal(143, process.ExitCode);
    }

    [Fact]
    public async Task Nothing_is_watched_on_the_disk()
    {
        if (!OperatingSystem.IsLinux()) return; // only there can it be seen from outside
        _folder.CreateSubdirectory("below");
        var process = Start();
        await ReadGrpcAddressAsync(process);

        var open = Directory.GetFiles($"/proc/{process.Id}/fdinfo").Select(ReadIfOpen).OfType<string>().ToList();
        Assert.NotEmpty(open);
        Assert.DoesNotContain(open, file => file.Contains("\ninotify ", StringComparison.Ordinal));

        await SignalAsync(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);
    }

    [Fact]
    public async Task A_settings_file_that_cannot_be_read_stops_the_start_with_a_message_and_no_stack()
    {
        await File.WriteAllTextAsync(Settings, """{ "Sessions": { """);
        var process = Start();

        var error = await process.StandardError.ReadToEndAsync().WaitAsync(TestLimits.Process);
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains(Settings, error, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 0", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_settings_file_that_is_broken_later_is_told_and_changes_nothing()
    {
        await File.WriteAllTextAsync(Settings, Keys);
        var process = Start();
        using var channel = GrpcChannel.ForAddress(await ReadGrpcAddressAsync(process));
        var sessions = new SessionService.SessionServiceClient(channel);

        await File.WriteAllTextAsync(Settings, Keys[..^1]);
        await ReadLineAsync(process, SettingsUnreadable());

        Assert.Empty((await sessions.ListSessionsAsync(new(), Refusals.Bearer("shop-key")).ResponseAsync.WaitAsync(TestLimits.Hang)).Sessions);
        await SignalAsync(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);
    }

    [Fact]
    public async Task A_settings_file_that_is_broken_later_counts_on_when_another_changes()
    {
        await File.WriteAllTextAsync(Settings, Keys);
        var second = Path.Combine(_folder.FullName, "appsettings.Production.json");
        await File.WriteAllTextAsync(second, Json(AuthHost.Key(1, "other-key", "other", "sessions")));
        var process = Start();
        using var channel = GrpcChannel.ForAddress(await ReadGrpcAddressAsync(process));
        var sessions = new SessionService.SessionServiceClient(channel);

        await File.WriteAllTextAsync(Settings, Keys[..^1]);
        await ReadLineAsync(process, SettingsUnreadable());
        await File.WriteAllTextAsync(second, "{}");
        await ReadLineAsync(process, OtherRevoked());

        Assert.Empty((await sessions.ListSessionsAsync(new(), Refusals.Bearer("shop-key")).ResponseAsync.WaitAsync(TestLimits.Hang)).Sessions);
        await SignalAsync(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_that_is_taken_out_of_the_settings_file_ends_its_streams(bool isMounted)
    {
        if (isMounted) Mount(Keys);
        else await File.WriteAllTextAsync(Settings, Keys);
        await using var akool = await AkoolEmulator.StartAsync();
        var process = Start($"--Akool:BaseUrl={akool.BaseUrl}", $"--Akool:Token={new EmulatorOptions().Token}");
        using var channel = GrpcChannel.ForAddress(await ReadGrpcAddressAsync(process));
        var (sessions, caller) = (new SessionService.SessionServiceClient(channel), Refusals.Bearer("shop-key"));
        var session = (await sessions.CreateSessionAsync(new() { Config = new() { AvatarId = "Kai_1080P_back" } }, caller).ResponseAsync.WaitAsync(TestLimits.Hang)).Session;
        using var watch = sessions.WatchSessions(new(), caller);
        using var chat = new ChatService.ChatServiceClient(channel).Chat(caller);
        await chat.RequestStream.WriteAsync(new() { Attach = new() { Session = session.Name } }).WaitAsync(TestLimits.Hang);
        Assert.True(await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang));

        if (isMounted) Mount("{}");
        else await File.WriteAllTextAsync(Settings, "{}");

        Assert.Equal("Unauthenticated CREDENTIALS_INVALID", await watch.ResponseStream.ReadToEndAsync().ReasonAsync());
        Assert.Equal("Unauthenticated CREDENTIALS_INVALID", await chat.ResponseStream.ReadToEndAsync().ReasonAsync());
        await SignalAsync(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(TestLimits.Hang);
    }

    private static string Keys { get; } = Json(AuthHost.Key(0, "shop-key", "shop", "sessions", "chat"));

    private string Settings => Path.Combine(_folder.FullName, "appsettings.json");

    private static string Json((string Key, string Value)[] settings) => JsonSerializer.Serialize(settings.ToDictionary(one => one.Key, one => one.Value));

    // As Kubernetes does it: the file is a link into a folder that is a link itself, and only that one is changed.
    private void Mount(string settings)
    {
        var (data, version) = (Path.Combine(_folder.FullName, "data"), _folder.CreateSubdirectory(Guid.NewGuid().ToString("n")).FullName);
        File.WriteAllText(Path.Combine(version, "appsettings.json"), settings);
        if (Directory.Exists(data)) Directory.Delete(data);
        Directory.CreateSymbolicLink(data, version);
        if (!File.Exists(Settings)) File.CreateSymbolicLink(Settings, Path.Combine(data, "appsettings.json"));
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Akool.Gateway.dll"));
        start.ArgumentList.Add("--Gateway:GrpcUrl=http://127.0.0.1:0");
        start.ArgumentList.Add("--Gateway:OperationsUrl=http://127.0.0.1:0");
        start.ArgumentList.Add("--Akool:BaseUrl=http://127.0.0.1:9");
        start.ArgumentList.Add("--Akool:Token=t");
        start.ArgumentList.Add($"--Ledger:ConnectionString=Data Source={Path.Combine(_folder.FullName, "ledger.db")}");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }

    // An open request holds the stop up, as a chat would.
    private static async Task<TcpClient> BeginRequestAsync(Uri address)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port).WaitAsync(TestLimits.Hang);
        await socket.GetStream().WriteAsync(UnfinishedRequest).AsTask().WaitAsync(TestLimits.Hang);
        // The server's settings and window, and its acknowledgement of ours: by then it has seen what we sent in one piece.
        await socket.GetStream().ReadAtLeastAsync(new byte[40], 40).AsTask().WaitAsync(TestLimits.Hang);
        return socket;
    }

    private static async Task ReadStatusAsync(TcpClient request)
    {
        var buffer = new byte[4096];
        int length;
        do
        {
            length = await request.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TestLimits.Hang);
            Assert.NotEqual(0, length);
        }
        while (buffer.AsSpan(0, length).IndexOf("grpc-status"u8) < 0);
    }

    // The preface, empty SETTINGS, and HEADERS without END_STREAM: POST to ListVoices (RFC 9113, 3.4, 6.2; RFC 7541, literals without indexing).
    private static byte[] UnfinishedRequest
    {
        get
        {
            byte[] path = "/akool.avatar.v1.CatalogService/ListVoices"u8.ToArray();
            byte[] type = "application/grpc"u8.ToArray();
            byte[] headers = [0x83, 0x86, 0x04, (byte)path.Length, .. path, 0x01, 1, (byte)'x', 0x0F, 0x10, (byte)type.Length, .. type];
            return [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, (byte)headers.Length, 1, 4, 0, 0, 0, 1, .. headers];
        }
    }

    private static async Task<Uri> ReadGrpcAddressAsync(Process process) => new((await ReadLineAsync(process, Listening())).Groups[1].Value);

    private static async Task<Match> ReadLineAsync(Process process, Regex pattern)
    {
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(TestLimits.Process) is { } line)
        {
            var match = pattern.Match(line);
            if (match.Success) return match;
        }
        throw new InvalidOperationException("the process ended: " + await process.StandardError.ReadToEndAsync().WaitAsync(TestLimits.Process));
    }

    // One that was closed since it was listed says nothing.
    private static string? ReadIfOpen(string file)
    {
        try { return File.ReadAllText(file); }
        catch (IOException) { return null; }
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(TestLimits.Hang);
    }

    [GeneratedRegex("Listening for gRPC on ([^ ]+)")]
    private static partial Regex Listening();

    [GeneratedRegex("The settings file appsettings.json cannot be read or used")]
    private static partial Regex SettingsUnreadable();

    [GeneratedRegex("of other was revoked")]
    private static partial Regex OtherRevoked();

    [GeneratedRegex("Drain began")]
    private static partial Regex DrainBegan();
}
