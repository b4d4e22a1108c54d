using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akool.Gateway.Hosting;

namespace Akool.Gateway.Auth;

/// <summary>What the certificate files said at one moment. Immutable.</summary>
internal sealed class TlsFiles
{
    private readonly byte[] _digest;
    private readonly SslStreamCertificateContext _shown;
    private readonly X509Certificate2Collection? _authorities; // null: clients show no certificate

    private TlsFiles(string certificate, string key, string? authorities)
    {
        _digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{certificate}\0{key}\0{authorities}"));
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificate);
        // offline: nothing is fetched in a handshake; the file has the whole chain.
        _shown = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificate, key), chain, offline: true);
        if (authorities is not null) _authorities = ReadAuthorities(authorities);
    }

    /// <summary>When the shown certificate ends.</summary>
    public DateTime NotAfter => _shown.TargetCertificate.NotAfter;

    /// <summary>Reads the files. Throws what reading files and certificates throws.</summary>
    public static TlsFiles Read(TlsOptions tls) => new(
        File.ReadAllText(tls.CertificateFile),
        File.ReadAllText(tls.KeyFile),
        tls.ClientCaFile.Length > 0 ? File.ReadAllText(tls.ClientCaFile) : null);

    public bool SaysTheSameAs(TlsFiles other) => _digest.AsSpan().SequenceEqual(other._digest);

    /// <summary>How to shake hands. With authorities every client must show a certificate of theirs.</summary>
    public SslServerAuthenticationOptions Options() => new()
    {
        ServerCertificateContext = _shown,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        ClientCertificateRequired = _authorities is not null,
        CertificateChainPolicy = _authorities is null ? null : TrustIn(_authorities),
    };

    // What is in no PEM block is passed over: a file in DER, for example, reads as one without certificates.
    private static X509Certificate2Collection ReadAuthorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("ClientCaFile has no certificate in PEM");
    }

    // For one handshake: it takes in the certificates that its client sends.
    private static X509ChainPolicy TrustIn(X509Certificate2Collection authorities)
    {
        const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280, 4.2.1.12: id-kp-clientAuth
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // our own authority: who is taken off the list is refused, whatever the certificate says
            DisableCertificateDownloads = true, // a certificate can name any address for its issuer's, and nobody has vouched for it yet
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new(ClientAuthentication));
        return policy;
    }
}
