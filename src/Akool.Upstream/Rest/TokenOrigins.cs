using System.Text.Json;
using Akool.Sessions;

namespace Akool.Upstream.Rest;

/// <summary>Where a token comes from.</summary>
internal interface ITokenOrigin
{
    /// <summary>How long a token is used before it is read again; null: until AKOOL rejects it.</summary>
    TimeSpan? MaxAge { get; }

    /// <summary>Gives a token; <paramref name="rejected"/> is the one that AKOOL has turned away, if any. Never throws.</summary>
    Task<Result<string>> FetchAsync(string? rejected);
}

/// <summary>A token that the configuration holds. Nothing better can be had when it is rejected.</summary>
internal sealed class GivenToken(string token) : ITokenOrigin
{
    public TimeSpan? MaxAge => null;

    public Task<Result<string>> FetchAsync(string? rejected) => Task.FromResult<Result<string>>(
        rejected is null ? token : new SessionError(SessionErrorCode.UpstreamAuthRejected, "AKOOL rejects the configured token"));
}

/// <summary>A token in a file, read again when it may have changed. It is read and not watched: a mounted secret changes behind a link, which no watcher sees.</summary>
internal sealed class TokenFile(string path) : ITokenOrigin
{
    private const int MaxLength = 64 * 1024;

    public TimeSpan? MaxAge { get; } = TimeSpan.FromSeconds(1);

    public async Task<Result<string>> FetchAsync(string? rejected)
    {
        try
        {
            if (new FileInfo(path).Length > MaxLength) return Fault("is too large for a token");
            var token = (await File.ReadAllTextAsync(path)).Trim();
            if (!BearerToken.IsWellFormed(token)) return Fault("holds no token");
            return token == rejected ? Fault("holds a token that AKOOL rejects") : token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fault("cannot be read");
        }
    }

    private static SessionError Fault(string what) => new(SessionErrorCode.UpstreamAuthRejected, $"the token file {what}");
}

/// <summary>A token that getToken gives for a client id and its secret.</summary>
internal sealed class TokenExchange(AkoolTransport transport, string clientId, string clientSecret, TimeSpan limit, TimeProvider time) : ITokenOrigin
{
    private readonly AkoolCall _call = new(
        Operation.GetToken, Body: JsonSerializer.SerializeToUtf8Bytes(new TokenRequest(clientId, clientSecret), AkoolRequests.Default.TokenRequest));

    // "More than 1 year" (AKOOL's authentication page); a token that ends earlier is rejected with 1101.
    public TimeSpan? MaxAge => null;

    public async Task<Result<string>> FetchAsync(string? rejected)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        try
        {
            using var answer = await transport.SendAsync(_call, null, timeout.Token);
            if (answer.Error is { } error) return OfCredentials(error);
            // AKOOL's getToken has the token beside the code; all its other answers have a data.
            var token = answer.Body.Text("token") is { Length: > 0 } beside ? beside : answer.Data.Text("token");
            return BearerToken.IsWellFormed(token) ? token : AkoolModels.Broken("AKOOL's answer to getToken has no token");
        }
        catch (OperationCanceledException)
        {
            return new SessionError(SessionErrorCode.UpstreamTimeout, "AKOOL gave no token in time");
        }
        catch (InvalidOperationException)
        {
            return AkoolModels.Broken("AKOOL's answer to getToken holds text that is none");
        }
    }

    // Whatever getToken finds wrong with the request, it is the credentials: they are all that it is given.
    private static SessionError OfCredentials(SessionError error) =>
        error.Code is SessionErrorCode.UpstreamRejected or SessionErrorCode.UpstreamPrecondition or SessionErrorCode.CatalogItemNotFound
            ? error with { Code = SessionErrorCode.UpstreamAuthRejected } : error;
}
