using System.Globalization;
using System.Text.Json;
using Akool.Sessions;

namespace Akool.Upstream.Rest;

/// <summary>
/// What came of one request: a body that AKOOL stands behind, or an error. Dispose it after its <see cref="Data"/> has been read.
/// </summary>
internal sealed class AkoolAnswer(SessionError? error, JsonDocument? body = null) : IDisposable
{
    // Deeper than any answer of AKOOL; bounds the reader's stack of brackets.
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 64 };

    /// <summary>Why there is nothing to read; null: AKOOL answered with code 1000.</summary>
    public SessionError? Error { get; } = error;

    /// <summary>Whether AKOOL cannot be reached or is broken, which counts for the circuit breaker; a refusal is not that.</summary>
    public bool IsDown { get; init; }

    /// <summary>Whether the token was rejected, so that a fresh one could help.</summary>
    public bool IsTokenRejected { get; init; }

    /// <summary>The whole body.</summary>
    public JsonElement Body => body?.RootElement ?? default;

    /// <summary>The body's <c>data</c>; undefined where there is none.</summary>
    public JsonElement Data => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("data", out var data) ? data : default;

    public void Dispose() => body?.Dispose();

    /// <summary>
    /// Judges a response. Undocumented: which HTTP status goes with a business error; AKOOL's own clients read the code whatever the status, and so
    /// do we. A body without a code did not come from AKOOL's application, so its status decides.
    /// </summary>
    public static AkoolAnswer Read(Operation operation, int httpStatus, TimeSpan? retryAfter, Stream body)
    {
        var document = Parse(body);
        if (CodeOf(document) is not { } code)
        {
            document?.Dispose();
            return OfStatus(httpStatus, retryAfter);
        }

        if (code == AkoolCode.Success) return new(null, document);
        document?.Dispose();
        var error = AkoolCode.Explain(code, httpStatus, operation);
        if (error.Code == SessionErrorCode.UpstreamBusy && retryAfter is not null) error = error with { RetryAfter = retryAfter };
        return new(error) { IsTokenRejected = code == AkoolCode.TokenRejected, IsDown = httpStatus >= 500 && !AkoolCode.IsDocumented(code) };
    }

    private static JsonDocument? Parse(Stream body)
    {
        try
        {
            return JsonDocument.Parse(body, Depth);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int? CodeOf(JsonDocument? document)
    {
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("code", out var code)) return null;
        return JsonFields.ToNumber(code) is >= int.MinValue and <= int.MaxValue and var number ? (int)number : null;
    }

    private static AkoolAnswer OfStatus(int status, TimeSpan? retryAfter)
    {
        var text = status.ToString(CultureInfo.InvariantCulture);
        return status switch
        {
            429 or 503 when retryAfter is not null || status == 429 => new(new(SessionErrorCode.UpstreamBusy, $"AKOOL asks to wait (HTTP {text})")
            {
                RetryAfter = retryAfter ?? TimeSpan.FromSeconds(2),
            }),
            401 or 403 => new(new(SessionErrorCode.UpstreamAuthRejected, $"AKOOL rejects the gateway's credentials (HTTP {text})")) { IsTokenRejected = status == 401 },
            400 or 413 or 414 or 422 or 431 => new(new(SessionErrorCode.UpstreamRejected, $"AKOOL refuses the request (HTTP {text})")),
            408 or >= 500 => new(new(SessionErrorCode.UpstreamUnavailable, $"AKOOL answered with a server error (HTTP {text})") { RetryAfter = TimeSpan.FromSeconds(5) }) { IsDown = true },
            >= 300 and < 400 => Broken("AKOOL answered with a redirect, which is not followed"),
            _ => Broken($"AKOOL's answer is not what it documents (HTTP {text})"),
        };
    }

    /// <summary>The answer breaks AKOOL's own protocol. Its content is never repeated.</summary>
    public static AkoolAnswer Broken(string detail) => new(new SessionError(SessionErrorCode.UpstreamProtocol, detail));
}
