using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Akool.Bench.Processes;

/// <summary>
/// Runs in every process under test before its own code (the runtime loads it where <c>DOTNET_STARTUP_HOOKS</c> names this assembly), and tells
/// the runtime's figures on a loopback port. All contenders have it alike, and none needs an endpoint that collects garbage on demand. It costs a process
/// no more than a listener and a thread until it is asked.
/// </summary>
internal static class StartupHook
{
    /// <summary>The variable with the port.</summary>
    public const string PortVariable = "AKOOL_BENCH_RUNTIME_PORT";

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(PortVariable), CultureInfo.InvariantCulture, out var port)) return;
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        new Thread(() => Serve(listener)) { IsBackground = true, Name = "bench figures" }.Start();
    }

    // One at a time: a line that says whether to collect first, answered by the figures as JSON.
    private static void Serve(TcpListener listener)
    {
        while (true)
        {
            using var client = listener.AcceptTcpClient();
            using var stream = client.GetStream();
            using var reader = new StreamReader(stream);
            JsonSerializer.Serialize(stream, RuntimeFigures.Now(collect: bool.Parse(reader.ReadLine()!)));
        }
    }
}
