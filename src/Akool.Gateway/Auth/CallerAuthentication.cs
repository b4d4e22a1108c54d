using Akool.Sessions;

namespace Akool.Gateway.Auth;

/// <summary>Tells who makes a call from what it shows: an authorization header, else the connection's certificate.</summary>
internal sealed class CallerAuthentication(Credentials credentials, Tokens tokens)
{
    private const string Scheme = "Bearer ";

    /// <summary>The caller. Errors: <see cref="SessionErrorCode.CredentialsInvalid"/>.</summary>
    public ValueTask<Result<Caller>> AuthenticateAsync(HttpContext context)
    {
        if (credentials.IsOpen) return new(Caller.Local);
        var shown = context.Request.Headers.Authorization;
        return shown.Count switch
        {
            0 => new(OfCertificate(context)),
            1 => OfHeaderAsync(shown[0] ?? ""),
            _ => new(Refused("more than one authorization header was sent")),
        };
    }

    private async ValueTask<Result<Caller>> OfHeaderAsync(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Refused("the authorization header must be 'Bearer <key>'");
        var key = header[Scheme.Length..];
        if (credentials.Current.FindKey(key) is { } caller) return caller;
        return tokens.AreTaken ? await tokens.ReadAsync(key) : Refused("the key is not valid");
    }

    private Result<Caller> OfCertificate(HttpContext context)
    {
        if (context.Connection.ClientCertificate is not { } certificate) return Refused("no credentials were sent: send 'authorization: Bearer <key>'");
        return credentials.Current.FindCertificate(certificate) is { } caller ? caller : Refused("the client certificate is nobody's");
    }

    private static SessionError Refused(string detail) => new(SessionErrorCode.CredentialsInvalid, detail);
}
