using System.Text.Json;
using Akool.Sessions;
using Microsoft.Extensions.Logging;

namespace Akool.Upstream.Rest;

/// <summary>Makes calls with a token, within a time limit, as often as <see cref="Resilience"/> allows. Safe from any thread.</summary>
internal sealed class AkoolCaller(
    AkoolTransport transport, AkoolToken tokens, Resilience resilience, UpstreamHealth health, UpstreamOptions options, TimeProvider time, ILogger<AkoolCaller> logger)
{
    /// <summary>
    /// Calls AKOOL and reads the answer's <c>data</c>. With a <paramref name="patience"/> above the request timeout a call that is late counts as a
    /// failure of AKOOL's and is waited for all the same.
    /// </summary>
    public async Task<Result<T>> CallAsync<T>(AkoolCall call, Func<JsonElement, Result<T>> read, CancellationToken caller, TimeSpan? patience = null)
    {
        // Before the breaker: a call that is not sent cannot be the one that sees whether AKOOL is back, nor take its place.
        if (transport.Quiet(call) is { } quiet) return Noted(call.Operation, quiet);

        using var limit = new CancellationTokenSource(patience ?? options.RequestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(caller, limit.Token);
        Result<T> value = default;
        Task<Attempt>? late = null;

        var last = await resilience.RunAsync(call.Operation.Name, TryOnceAsync, linked.Token);
        if (last.IsLate) last = await late!;
        // Between two tries the pipeline only knows that the wait was ended, not by whom.
        if (last.Error is { Code: SessionErrorCode.Canceled } && !caller.IsCancellationRequested) last = Attempt.TimedOut(last.Error.NothingSent);
        if (last.Error is null) return value;
        return Noted(call.Operation, last.Error);

        async ValueTask<Attempt> TryOnceAsync(CancellationToken cancellation)
        {
            var trying = SendWithTokenAsync(call, data => (value = read(data)).Error, caller, cancellation);
            if (patience is null) return await trying;
            late = trying;
            try
            {
                return await trying.WaitAsync(options.RequestTimeout, time, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                return Attempt.Late;
            }
        }
    }

    // One try, with a second request where the token was rejected: the first had no effect then. Never throws for a failure.
    private async Task<Attempt> SendWithTokenAsync(AkoolCall call, Func<JsonElement, SessionError?> read, CancellationToken caller, CancellationToken cancellation)
    {
        var nothingSent = true;
        try
        {
            var token = await tokens.GetAsync(cancellation);
            if (!token.IsOk) return OfError(call.Operation, token.Error, IsTrouble(token.Error));

            nothingSent = false;
            using var first = await transport.SendAsync(call, token.Value.Value, cancellation);
            if (!first.IsTokenRejected) return Judge(call.Operation, first, token.Value, read);

            var fresh = await tokens.ReplaceAsync(token.Value, cancellation);
            if (!fresh.IsOk) return OfError(call.Operation, Because(fresh.Error, first.Error!), IsTrouble(fresh.Error));
            Log.TokenReplaced(logger);
            using var second = await transport.SendAsync(call, fresh.Value.Value, cancellation);
            return Judge(call.Operation, second, fresh.Value, read);
        }
        catch (OperationCanceledException)
        {
            return caller.IsCancellationRequested ? Attempt.Canceled(nothingSent) : Attempt.TimedOut(nothingSent);
        }
    }

    private static Attempt Judge(Operation operation, AkoolAnswer answer, BearerToken token, Func<JsonElement, SessionError?> read)
    {
        if (!answer.IsTokenRejected && !answer.IsDown) token.Prove();
        if (answer.Error is not null) return OfError(operation, answer.Error, answer.IsDown);
        try
        {
            return new(read(answer.Data), Verdict.Up, MayRepeat: false);
        }
        catch (InvalidOperationException)
        {
            return new(AkoolModels.Broken("AKOOL's answer holds text that is none"), Verdict.Up, MayRepeat: false);
        }
    }

    private static Attempt OfError(Operation operation, SessionError error, bool isDown) => new(
        error,
        isDown ? Verdict.Down : Verdict.Up,
        MayRepeat: error.Code == SessionErrorCode.UpstreamUnavailable && (operation.IsRepeatable || error.NothingSent));

    // A token that cannot be had: whether that is AKOOL's trouble or its refusal.
    private static bool IsTrouble(SessionError error) => error.Code is SessionErrorCode.UpstreamUnavailable or SessionErrorCode.UpstreamTimeout;

    // No better token is to be had: the code with which AKOOL turned this one away is the cause.
    private static SessionError Because(SessionError noToken, SessionError rejected) =>
        noToken.UpstreamCode != 0 || IsTrouble(noToken) ? noToken : noToken with { UpstreamCode = rejected.UpstreamCode };

    private SessionError Noted(Operation operation, SessionError error)
    {
        if (error.Code == SessionErrorCode.Canceled) return error;
        if (logger.IsEnabled(LogLevel.Information)) Log.CallFailed(logger, operation.Name, error.Code, error.UpstreamCode, error.Detail);
        health.Note(operation.Name, error);
        return error;
    }
}
