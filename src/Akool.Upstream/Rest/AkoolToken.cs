using Akool.Sessions;
using Microsoft.Extensions.Logging;

namespace Akool.Upstream.Rest;

/// <summary>
/// The token that calls are made with. It is fetched when it is first needed and again when AKOOL rejects it, once for all calls that wait for it.
/// Safe from any thread.
/// </summary>
internal sealed class AkoolToken(ITokenOrigin origin, TimeProvider time, ILogger<AkoolToken> logger)
{
    // A token that was just fetched in place of a rejected one and is rejected too will not get better by asking at the speed of the calls.
    private static readonly TimeSpan FutileFor = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // guards _current, its FetchedAt, and _fetch
    private BearerToken? _current;
    private Task<Result<BearerToken>>? _fetch;

    /// <summary>The token. Errors: those of the origin, all with <see cref="SessionError.NothingSent"/>.</summary>
    public Task<Result<BearerToken>> GetAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_current is { } current && (origin.MaxAge is not { } age || time.GetElapsedTime(current.FetchedAt) < age)) return Task.FromResult(Result.Ok(current));
            return (_fetch ??= FetchAsync(null)).WaitAsync(cancellation);
        }
    }

    /// <summary>A token in place of one that AKOOL rejected. Errors: as of <see cref="GetAsync"/>.</summary>
    public Task<Result<BearerToken>> ReplaceAsync(BearerToken rejected, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_current is { } current && !ReferenceEquals(current, rejected)) return Task.FromResult(Result.Ok(current));
            if (rejected is { IsReplacement: true, IsProven: false } && time.GetElapsedTime(rejected.FetchedAt) < FutileFor)
                return Task.FromResult<Result<BearerToken>>(new SessionError(SessionErrorCode.UpstreamAuthRejected, "AKOOL rejects a token that it has just given"));
            return (_fetch ??= FetchAsync(rejected)).WaitAsync(cancellation);
        }
    }

    // Never throws, and is not any one caller's: the callers that wait for it may leave.
    private async Task<Result<BearerToken>> FetchAsync(BearerToken? rejected)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the gate is held while this is called
        var fetched = await origin.FetchAsync(rejected?.Value);
        lock (_gate)
        {
            _fetch = null;
            if (!fetched.IsOk)
            {
                // One that AKOOL has not turned away is good while it cannot be read again: a file that changes is nothing for a moment.
                if (rejected is not null || _current is null) return fetched.Error with { NothingSent = true };
                Log.TokenKept(logger, fetched.Error.Detail);
                _current.FetchedAt = time.GetTimestamp();
                return _current;
            }
            // A token that is merely read again stays the same token, with its history.
            if (rejected is not null || _current?.Value != fetched.Value) _current = new BearerToken(fetched.Value, rejected is not null);
            _current.FetchedAt = time.GetTimestamp();
            return _current;
        }
    }
}
