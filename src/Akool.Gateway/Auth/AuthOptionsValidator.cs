using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Auth;

/// <summary>Names every fault of the section at once; never a key.</summary>
internal sealed class AuthOptionsValidator : IValidateOptions<AuthOptions>
{
    private const int LongestOwner = 128;

    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        List<string> faults =
        [
            .. options.Keys.SelectMany((key, i) => FaultsOf(key, $"Keys:{i}")),
            .. options.Certificates.SelectMany((certificate, i) => FaultsOf(certificate, $"Certificates:{i}")),
            .. options.Jwt.IsConfigured ? FaultsOf(options.Jwt) : [],
        ];
        faults.AddRange(Doubled(options.Keys.Select(key => key.Sha256), "Keys"));
        faults.AddRange(Doubled(options.Certificates.Select(certificate => certificate.Sha256 + certificate.Subject), "Certificates"));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Doubled(IEnumerable<string> marks, string path) => marks
        .Where(mark => mark.Length > 0)
        .GroupBy(mark => mark, StringComparer.OrdinalIgnoreCase)
        .Where(same => same.Count() > 1)
        .Select(same => $"{path}: {same.Count()} of them are the same");

    private static IEnumerable<string> FaultsOf(KeyOptions key, string path)
    {
        if (!IsSha256(key.Sha256)) yield return $"{path}:Sha256: must be the SHA-256 of the key, 64 hexadecimal digits";
        foreach (var fault in FaultsOf(key.Owner, key.Scopes, path)) yield return fault;
    }

    private static IEnumerable<string> FaultsOf(CertificateOptions certificate, string path)
    {
        if (certificate.Sha256.Length == 0 == (certificate.Subject.Length == 0)) yield return $"{path}: needs either Sha256 or Subject";
        if (certificate.Sha256.Length > 0 && !IsSha256(certificate.Sha256)) yield return $"{path}:Sha256: must be 64 hexadecimal digits";
        if (certificate.Subject.Length > 0 && !IsSubject(certificate.Subject)) yield return $"{path}:Subject: must be like 'CN=shop, O=Example'";
        foreach (var fault in FaultsOf(certificate.Owner, certificate.Scopes, path)) yield return fault;
    }

    private static IEnumerable<string> FaultsOf(string owner, IReadOnlyList<string> scopes, string path)
    {
        if (owner.Length is 0 or > LongestOwner) yield return $"{path}:Owner: must have 1 to {LongestOwner} characters";
        if (scopes.Count == 0) yield return $"{path}:Scopes: must name at least one of {ScopeWords.List}";
        foreach (var word in scopes)
            if (ScopeWords.Read(word) == Scope.None) yield return $"{path}:Scopes: '{word}' is none of {ScopeWords.List}";
    }

    private static IEnumerable<string> FaultsOf(JwtOptions jwt)
    {
        if (jwt.Authority.Length > 0 && jwt.SigningKeys.Count > 0) yield return "Jwt: needs either Authority or SigningKeys, not both";
        if (jwt.Authority.Length > 0 && !IsAuthority(jwt.Authority)) yield return "Jwt:Authority: must be an https address, or http on a loopback address";
        if (jwt.Audience.Length == 0) yield return "Jwt:Audience: is needed";
        if (jwt.Issuer.Length == 0 && jwt.SigningKeys.Count > 0) yield return "Jwt:Issuer: is needed with SigningKeys";
        if (jwt.OwnerClaim.Length == 0) yield return "Jwt:OwnerClaim: must not be empty";
        if (jwt.ScopeClaim.Length == 0) yield return "Jwt:ScopeClaim: must not be empty";
        for (var i = 0; i < jwt.SigningKeys.Count; i++)
            if (SigningKey.FaultOf(jwt.SigningKeys[i]) is { } fault) yield return $"Jwt:SigningKeys:{i}: {fault}";
    }

    private static bool IsAuthority(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static bool IsSha256(string hex) => hex.Length == 2 * SHA256.HashSizeInBytes && hex.All(char.IsAsciiHexDigit);

    private static bool IsSubject(string subject)
    {
        try
        {
            return new X500DistinguishedName(subject).RawData.Length > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
