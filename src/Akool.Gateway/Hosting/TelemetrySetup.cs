using System.Reflection;
using Akool.Sessions;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Akool.Gateway.Hosting;

/// <summary>
/// Exports traces, metrics and logs by OTLP, each only where the standard variables name an endpoint for it; where none is named, nothing listens and
/// nothing is recorded. The runtime's own sources of spans are left out: the one of HTTP clients tells the websocket's URL, which is a secret, and
/// the one of the server has a span as long as a chat stream.
/// </summary>
internal static class TelemetrySetup
{
    private const string KestrelMeter = "Microsoft.AspNetCore.Server.Kestrel";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        // The host has fixed the simple format in code, which stands over the configuration unless that is read once more.
        builder.Services.AddOptions<ConsoleLoggerOptions>().BindConfiguration("Logging:Console");

        var otlp = new OtlpVariables(builder.Configuration);
        var (traced, measured, logged) = (otlp.IsNamed("TRACES"), otlp.IsNamed("METRICS"), otlp.IsNamed("LOGS"));
        if (!(traced || measured || logged) || string.Equals(builder.Configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)) return;
        builder.Services.AddSingleton<IConfiguredSection>(otlp).AddHostedService<TelemetryFlush>();
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(Describe);
        if (traced) telemetry.WithTracing(traces => traces.AddSource(Telemetry.SourceName).AddOtlpExporter(to => otlp.Direct(to, "TRACES")));
        if (measured)
        {
            telemetry.WithMetrics(metrics => metrics.AddMeter(Telemetry.SourceName, KestrelMeter).AddRuntimeInstrumentation()
                .AddOtlpExporter(to => otlp.Direct(to, "METRICS")));
        }
        if (logged) telemetry.WithLogging(logs => logs.AddOtlpExporter(to => otlp.Direct(to, "LOGS")), options => options.IncludeFormattedMessage = true);
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read after this, and stand over it.
    private static void Describe(ResourceBuilder resource) => resource
        .AddService("akool-gateway", serviceVersion: Version, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
        .AddEnvironmentVariableDetector();

    private static string Version { get; } =
        typeof(TelemetrySetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
