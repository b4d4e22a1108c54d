using OpenTelemetry.Exporter;

namespace Akool.Gateway.Hosting;

/// <summary>
/// OpenTelemetry's standard variables for OTLP, from the environment or any other configuration: of all signals, and of one signal, which stand over them.
/// The library reads the former by itself, and the latter only where one exporter serves all signals.
/// </summary>
internal sealed class OtlpVariables(IConfiguration settings) : IConfiguredSection
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    private static readonly string[] Prefixes = [Prefix, Prefix + "TRACES_", Prefix + "METRICS_", Prefix + "LOGS_"];

    /// <summary>Whether an endpoint is named for a signal (TRACES, METRICS or LOGS), by itself or with the others.</summary>
    public bool IsNamed(string signal) => Value($"{Prefix}ENDPOINT") is not null || Value($"{Prefix}{signal}_ENDPOINT") is not null;

    /// <summary>Gives an exporter what is said of its signal alone.</summary>
    public void Direct(OtlpExporterOptions exporter, string signal)
    {
        if (Value($"{Prefix}{signal}_ENDPOINT") is { } endpoint && UrlOf(endpoint) is { } url) exporter.Endpoint = url;
        if (Value($"{Prefix}{signal}_HEADERS") is { } headers) exporter.Headers = headers;
        if (Value($"{Prefix}{signal}_TIMEOUT") is { } limit && int.TryParse(limit, out var milliseconds)) exporter.TimeoutMilliseconds = milliseconds;
        if (Value($"{Prefix}{signal}_PROTOCOL") is { } protocol && ProtocolOf(protocol) is { } known) exporter.Protocol = known;
    }

    // What the library cannot read it passes over, and exports nothing or to nowhere.
    public IReadOnlyList<string> Faults() =>
    [
        .. Wrong("ENDPOINT", value => UrlOf(value) is null, "is not an http or https URL"),
        .. Wrong("PROTOCOL", value => ProtocolOf(value) is null, "is neither grpc nor http/protobuf"),
        .. Wrong("TIMEOUT", value => !int.TryParse(value, out var milliseconds) || milliseconds <= 0, "is not a number of milliseconds"),
    ];

    private IEnumerable<string> Wrong(string what, Func<string, bool> isWrong, string fault) =>
        from prefix in Prefixes let value = Value(prefix + what) where value is not null && isWrong(value) select $"{prefix}{what}: '{value}' {fault}";

    private static Uri? UrlOf(string value) => Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    private static OtlpExportProtocol? ProtocolOf(string value) => value switch
    {
        "grpc" => OtlpExportProtocol.Grpc,
        "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
        _ => null,
    };

    private string? Value(string key) => settings[key] is { Length: > 0 } value ? value : null;
}
