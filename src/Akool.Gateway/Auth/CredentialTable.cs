using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Akool.Gateway.Auth;

/// <summary>The credentials of one version of the configuration. Immutable; safe from any thread.</summary>
internal sealed class CredentialTable
{
    private readonly List<(byte[] Hash, Credential Credential)> _keys = [];
    private readonly Dictionary<(CredentialKind, string), Credential> _certificates = [];
    private readonly List<Credential> _all = [];

    /// <summary>The credentials of <paramref name="options"/>; those that were in <paramref name="before"/> unchanged are the same objects.</summary>
    public CredentialTable(AuthOptions options, CredentialTable? before)
    {
        var known = before?._all.DistinctBy(credential => credential.Identity).ToDictionary(credential => credential.Identity) ?? [];
        foreach (var key in options.Keys)
            _keys.Add((Convert.FromHexString(key.Sha256), Add(CredentialKind.Key, key.Sha256.ToUpperInvariant(), key.Owner, key.Scopes)));
        foreach (var certificate in options.Certificates)
        {
            var (kind, mark) = certificate.Sha256.Length > 0
                ? (CredentialKind.CertificateHash, certificate.Sha256.ToUpperInvariant())
                : (CredentialKind.CertificateSubject, Spelled(certificate.Subject));
            _certificates[(kind, mark)] = Add(kind, mark, certificate.Owner, certificate.Scopes);
        }

        Credential Add(CredentialKind kind, string mark, string owner, IReadOnlyList<string> scopes)
        {
            var credential = new Credential(kind, mark, owner, ScopeWords.Read(scopes));
            credential = known.GetValueOrDefault(credential.Identity, credential);
            _all.Add(credential);
            return credential;
        }
    }

    /// <summary>The caller of a key, or null. Takes the same time for every key, right or wrong.</summary>
    public Caller? FindKey(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        Credential? found = null;
        foreach (var (known, credential) in _keys)
            if (CryptographicOperations.FixedTimeEquals(known, hash)) found = credential;
        return found?.Caller;
    }

    /// <summary>The caller of a certificate that the handshake has proved, or null. Its hash is looked for before its subject.</summary>
    public Caller? FindCertificate(X509Certificate2 certificate)
    {
        if (_certificates.Count == 0) return null;
        var hash = Convert.ToHexString(certificate.GetCertHash(HashAlgorithmName.SHA256));
        var found = _certificates.GetValueOrDefault((CredentialKind.CertificateHash, hash))
            ?? _certificates.GetValueOrDefault((CredentialKind.CertificateSubject, certificate.SubjectName.Name));
        return found?.Caller;
    }

    /// <summary>The credentials that are here and not in <paramref name="next"/>.</summary>
    public IReadOnlyList<Credential> MissingIn(CredentialTable next) => [.. _all.Except(next._all)];

    // A name made from text keeps that text; one made from bytes is spelled as a certificate's is.
    private static string Spelled(string subject) => new X500DistinguishedName(new X500DistinguishedName(subject).RawData).Name;
}
