using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Akool.Sessions;
using Akool.Upstream.Rest;
using Microsoft.Extensions.Options;

namespace Akool.Upstream;

/// <summary>The spans and instruments of this room. No attribute holds an id, a text or a URL.</summary>
internal sealed class UpstreamTelemetry
{
    private const string None = "none";

    private static readonly InstrumentAdvice<double> Buckets = new() { HistogramBucketBoundaries = [0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 3, 5, 10, 15, 30] };

    private readonly Histogram<double> _requestDuration;
    private readonly string _server;

    public UpstreamTelemetry(IMeterFactory meters, UpstreamHealth health, IOptions<UpstreamOptions> options)
    {
        _server = new Uri(options.Value.BaseUrl).Host;
        var meter = meters.Create(Telemetry.SourceName);
        _requestDuration = meter.CreateHistogram("akool.upstream.request.duration", "s", "One request to AKOOL's REST side, sent to answered.", tags: null, Buckets);
        meter.CreateObservableUpDownCounter("akool.upstream.breaker.open", () => health.IsReachable ? 0 : 1, "{breaker}", "1 while calls to AKOOL are held back because too many failed.");
    }

    /// <summary>A span for a request that is made within a traced call; null for what the gateway asks by itself, such as polling.</summary>
    public Activity? StartRequest(Operation operation)
    {
        if (Activity.Current is not { Recorded: true, IsStopped: false } current || !ReferenceEquals(current.Source, Telemetry.Activities)) return null;
        var span = Telemetry.Activities.StartActivity(operation.SpanName, ActivityKind.Client);
        span?.SetTag("http.request.method", operation.Method.Method);
        span?.SetTag("url.template", operation.Path);
        span?.SetTag("server.address", _server);
        return span;
    }

    public void RequestEnded(Activity? span, Operation operation, AkoolAnswer? answer, TimeSpan duration)
    {
        var code = answer is null ? 0 : answer.Error?.UpstreamCode ?? AkoolCode.Success;
        var failure = answer is null ? "canceled" : answer.Error is { } error ? Telemetry.NameOf(error.Code) : null;
        _requestDuration.Record(duration.TotalSeconds, new("akool.operation", operation.Name), new("akool.code", NameOf(code)), new("error.type", failure ?? None));
        if (span is null) return;
        if (code != 0) span.SetTag("akool.code", code);
        if (failure is null) return;
        span.SetTag("error.type", failure);
        span.SetStatus(ActivityStatusCode.Error);
    }

    // Whatever number AKOOL thinks of must not become a series of its own.
    private static string NameOf(int code) => code == 0 ? None : AkoolCode.IsDocumented(code) ? code.ToString(CultureInfo.InvariantCulture) : "other";
}
