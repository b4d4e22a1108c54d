using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akool.Sessions;
using Akool.Upstream.Rest;

namespace Akool.Upstream;

/// <summary>The spans and metrics of this room. No attribute holds an id, a text or a URL.</summary>
internal sealed class UpstreamTelemetry
{
    private const string SourceName = "Akool.Avatar";
    private static readonly ActivitySource Activities = new(SourceName);

    private readonly Histogram<double> _requestDuration;
    private readonly UpDownCounter<long> _openConnections;

    public UpstreamTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(SourceName);
        _requestDuration = meter.CreateHistogram<double>("akool.upstream.request.duration", "s", "One request to AKOOL's REST side, sent to answered.");
        _openConnections = meter.CreateUpDownCounter<long>("akool.upstream.connection.open", "{connection}", "Websockets open to AKOOL's chat rooms.");
    }

    public static Activity? StartRequest(Operation operation) =>
        Activities.HasListeners() ? Activities.StartActivity($"upstream {operation.Method} {operation.Name}", ActivityKind.Client) : null;

    public static Activity? StartConnect() => Activities.StartActivity("upstream connect", ActivityKind.Client);

    public void RequestEnded(Activity? span, Operation operation, AkoolAnswer? answer, TimeSpan duration)
    {
        var outcome = answer is null ? "cancelled" : answer.Error is null ? "ok" : answer.Error.Code.ToString();
        var code = answer is null ? 0 : answer.Error?.UpstreamCode ?? AkoolCode.Success;
        _requestDuration.Record(duration.TotalSeconds, new("operation", operation.Name), new("outcome", outcome), new("code", code));
        End(span, outcome, outcome == "ok");
        span?.SetTag("akool.code", code);
    }

    public static void ConnectEnded(Activity? span, SessionErrorCode? error) => End(span, error?.ToString() ?? "ok", error is null);

    public void ConnectionOpened() => _openConnections.Add(1);

    public void ConnectionClosed() => _openConnections.Add(-1);

    private static void End(Activity? span, string outcome, bool ok)
    {
        if (span is null) return;
        span.SetTag("akool.outcome", outcome);
        if (!ok) span.SetStatus(ActivityStatusCode.Error);
    }
}
