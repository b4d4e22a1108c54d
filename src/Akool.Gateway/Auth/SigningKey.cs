using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace Akool.Gateway.Auth;

/// <summary>A key that signs tokens, as it is written in the configuration.</summary>
internal static class SigningKey
{
    // RFC 7518, 3.2: a key for HS256 is at least as long as the hash.
    private const int ShortestSecret = 32;

    /// <summary>What is wrong with it; null: nothing. Never quotes it.</summary>
    public static string? FaultOf(string written)
    {
        try
        {
            return Read(written) is SymmetricSecurityKey { KeySize: < ShortestSecret * 8 } ? $"a secret must have at least {ShortestSecret} bytes" : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or CryptographicException or ArgumentException)
        {
            return "must be a secret in base64, or a public key or certificate in PEM";
        }
    }

    /// <summary>The key. Throws where <see cref="FaultOf"/> names a fault.</summary>
    public static SecurityKey Read(string written)
    {
        if (!written.Contains("-----BEGIN", StringComparison.Ordinal)) return new SymmetricSecurityKey(Convert.FromBase64String(written));
        if (written.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal)) return new X509SecurityKey(X509Certificate2.CreateFromPem(written));
        return ReadRsa(written) ?? (SecurityKey)ReadCurve(written);
    }

    private static RsaSecurityKey? ReadRsa(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (Exception other) when (other is CryptographicException or ArgumentException)
        {
            rsa.Dispose();
            return null;
        }
    }

    private static ECDsaSecurityKey ReadCurve(string pem)
    {
        var curve = ECDsa.Create();
        curve.ImportFromPem(pem);
        return new ECDsaSecurityKey(curve);
    }
}
