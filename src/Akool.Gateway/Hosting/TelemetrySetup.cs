using System.Reflection;
using Akool.Sessions;
using OpenTelemetry;
using OpenTelemetry.Exporter;
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
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string KestrelMeter = "Microsoft.AspNetCore.Server.Kestrel";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        if (string.Equals(settings["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)) return;
        var telemetry = Lazily(() => builder.Services.AddOpenTelemetry().ConfigureResource(Describe));
        if (IsNamed(settings, "TRACES")) telemetry.Value.WithTracing(traces => traces.AddSource(Telemetry.SourceName).AddOtlpExporter(to => Direct(to, settings, "TRACES")));
        if (IsNamed(settings, "METRICS"))
        {
            telemetry.Value.WithMetrics(metrics => metrics.AddMeter(Telemetry.SourceName, KestrelMeter).AddRuntimeInstrumentation()
                .AddOtlpExporter(to => Direct(to, settings, "METRICS")));
        }
        if (IsNamed(settings, "LOGS"))
        {
            telemetry.Value.WithLogging(logs => logs.AddOtlpExporter(to => Direct(to, settings, "LOGS")), options => options.IncludeFormattedMessage = true);
        }
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read after this, and stand over it.
    private static void Describe(ResourceBuilder resource) => resource
        .AddService("akool-gateway", serviceVersion: Version, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
        .AddEnvironmentVariableDetector();

    private static string Version { get; } =
        typeof(TelemetrySetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static bool IsNamed(IConfiguration settings, string signal) => Value(settings, Endpoint) is not null || Value(settings, Of(signal, "ENDPOINT")) is not null;

    // The library itself reads the variables for all signals, and those of one signal only where one exporter serves all.
    private static void Direct(OtlpExporterOptions exporter, IConfiguration settings, string signal)
    {
        if (Value(settings, Of(signal, "ENDPOINT")) is { } endpoint) exporter.Endpoint = new Uri(endpoint);
        if (Value(settings, Of(signal, "HEADERS")) is { } headers) exporter.Headers = headers;
        if (Value(settings, Of(signal, "TIMEOUT")) is { } limit && int.TryParse(limit, out var milliseconds)) exporter.TimeoutMilliseconds = milliseconds;
        exporter.Protocol = Value(settings, Of(signal, "PROTOCOL")) switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => exporter.Protocol,
        };
    }

    private static string Of(string signal, string what) => $"OTEL_EXPORTER_OTLP_{signal}_{what}";

    private static string? Value(IConfiguration settings, string key) => settings[key] is { Length: > 0 } value ? value : null;

    private static Lazy<OpenTelemetryBuilder> Lazily(Func<OpenTelemetryBuilder> make) => new(make);
}
