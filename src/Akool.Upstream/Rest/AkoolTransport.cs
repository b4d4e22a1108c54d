using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Akool.Sessions;

namespace Akool.Upstream.Rest;

/// <summary>
/// Sends one request and judges the answer. It repeats nothing and knows of no token; where AKOOL asked for quiet it sends nothing. Safe from any thread.
/// </summary>
internal sealed class AkoolTransport(HttpClient http, Holdoffs holdoffs, UpstreamTelemetry telemetry, TimeProvider time)
{
    // No wait that AKOOL could mean is longer; a mistaken one must neither stop the gateway for a day nor keep a session open that costs money.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>Why a call would not be sent now; null: it would.</summary>
    public SessionError? Quiet(AkoolCall call) => holdoffs.Check(call);

    /// <summary>
    /// Sends a call. Errors: AKOOL's own, <see cref="SessionErrorCode.UpstreamUnavailable"/>, <see cref="SessionErrorCode.UpstreamBusy"/>,
    /// <see cref="SessionErrorCode.UpstreamProtocol"/>. Throws <see cref="OperationCanceledException"/> for the token, and nothing else.
    /// </summary>
    public async Task<AkoolAnswer> SendAsync(AkoolCall call, string? token, CancellationToken cancellation)
    {
        if (Quiet(call) is { } quiet) return new AkoolAnswer(quiet);

        using var span = telemetry.StartRequest(call.Operation);
        var started = time.GetTimestamp();
        AkoolAnswer? answer = null;
        try
        {
            return answer = await ExchangeAsync(call, token, span, cancellation);
        }
        finally
        {
            holdoffs.Note(call, answer?.Error);
            telemetry.RequestEnded(span, call.Operation, answer, time.GetElapsedTime(started));
        }
    }

    private async Task<AkoolAnswer> ExchangeAsync(AkoolCall call, string? token, Activity? span, CancellationToken cancellation)
    {
        try
        {
            using var request = RequestOf(call, token, span);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
            span?.SetTag("http.response.status_code", (int)response.StatusCode);
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            return AkoolAnswer.Read(call.Operation, (int)response.StatusCode, RetryAfterOf(response), body);
        }
        catch (HttpRequestException e)
        {
            return OfException(e);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unreachable("AKOOL does not take connections", nothingSent: true); // the handler's own connect limit
        }
        catch (InvalidOperationException)
        {
            return AkoolAnswer.Broken("AKOOL's answer holds text that is none");
        }
    }

    private static HttpRequestMessage RequestOf(AkoolCall call, string? token, Activity? span)
    {
        var request = new HttpRequestMessage(call.Operation.Method, call.Operation.Path + call.Query);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // The id alone: baggage and tracestate are our callers' business, not AKOOL's.
        if (span is { Recorded: true }) request.Headers.TryAddWithoutValidation("traceparent", span.Id);
        if (call.Body is not null) request.Content = new ByteArrayContent(call.Body) { Headers = { ContentType = Json } };
        return request;
    }

    private static AkoolAnswer OfException(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.ConnectionError => Unreachable("AKOOL cannot be connected to", nothingSent: true),
        HttpRequestError.NameResolutionError => Unreachable("AKOOL's host name is not known", nothingSent: true),
        HttpRequestError.SecureConnectionError => Unreachable("no secure connection to AKOOL could be made", nothingSent: true),
        HttpRequestError.ProxyTunnelError => Unreachable("the proxy does not let AKOOL be reached", nothingSent: true),
        HttpRequestError.ConfigurationLimitExceeded => AkoolAnswer.Broken("AKOOL's answer is larger than any it documents"),
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => Unreachable("AKOOL did not answer in HTTP", nothingSent: false),
        _ => Unreachable("the connection to AKOOL was lost", nothingSent: false),
    };

    private static AkoolAnswer Unreachable(string detail, bool nothingSent) =>
        new(new(SessionErrorCode.UpstreamUnavailable, detail) { RetryAfter = TimeSpan.FromSeconds(5), NothingSent = nothingSent }) { IsDown = true };

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        // Read by hand: the typed header refuses what it does not like for the whole response.
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values)) return null;
        var text = values.ToString();
        TimeSpan wait;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) wait = TimeSpan.FromSeconds(seconds);
        else if (DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)) wait = date - time.GetUtcNow();
        else return null;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait;
    }
}
