namespace Akool.Gateway.Auth;

/// <summary>Log events of authentication, 3100 to 3199. None holds a key, a token or a certificate.</summary>
internal static partial class AuthLog
{
    [LoggerMessage(3100, LogLevel.Information, "A credential ({Kind}) of {Owner} was revoked; its streams were ended")]
    public static partial void CredentialRevoked(ILogger logger, CredentialKind kind, string owner);

    [LoggerMessage(3101, LogLevel.Error, "The changed credentials were refused and the old ones kept: {Faults}")]
    public static partial void CredentialsRefused(ILogger logger, string faults);

    [LoggerMessage(3102, LogLevel.Error, "A stream failed while it was ended for a revoked credential")]
    public static partial void StreamEndFailed(ILogger logger, Exception cause);

    [LoggerMessage(3103, LogLevel.Error, "The keys of the tokens' authority could not be read; tokens are refused")]
    public static partial void AuthorityUnreachable(ILogger logger, Exception? cause);

    [LoggerMessage(3110, LogLevel.Information, "The TLS certificate was replaced; the new one ends at {NotAfter}")]
    public static partial void CertificateReplaced(ILogger logger, DateTime notAfter);

    [LoggerMessage(3111, LogLevel.Error, "The changed TLS files were refused and the old certificate kept")]
    public static partial void CertificateRefused(ILogger logger, Exception cause);
}
