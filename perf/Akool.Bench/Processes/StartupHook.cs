using System.Globalization;
using System.Net;
using System.Text.Json;
using Akool.Bench.Processes;

/// <summary>
/// Runs in every process under test before its own code (the runtime loads it where <c>DOTNET_STARTUP_HOOKS</c> names this assembly), and tells
/// the runtime's figures on a loopback port. All contenders have it alike, and none needs an endpoint that collects garbage on demand.
/// </summary>
internal static class StartupHook
{
    /// <summary>The variable with the port.</summary>
    public const string PortVariable = "AKOOL_BENCH_RUNTIME_PORT";

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(PortVariable), CultureInfo.InvariantCulture, out var port)) return;
        var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        listener.Start();
        new Thread(() => Serve(listener)) { IsBackground = true, Name = "bench figures" }.Start();
    }

    private static void Serve(HttpListener listener)
    {
        while (true)
        {
            var context = listener.GetContext();
            var figures = RuntimeFigures.Now(collect: context.Request.QueryString["collect"] == "true");
            context.Response.ContentType = "application/json";
            context.Response.Close(JsonSerializer.SerializeToUtf8Bytes(figures, JsonSerializerOptions.Web), willBlock: true);
        }
    }
}
