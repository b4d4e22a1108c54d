using System.Security.Cryptography;
using Akool.Gateway.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Auth;

/// <summary>
/// The certificate that the gRPC endpoint shows and the authorities that it trusts, as the files say now. The files are read again by a
/// handshake, at most every ten seconds, and compared by content: a mounted secret is exchanged behind a link, which no file's time tells.
/// Files that cannot be used stop the start; later they change nothing and are logged. Safe from any thread.
/// </summary>
internal sealed class TlsCertificates(IOptions<GatewayOptions> gateway, TimeProvider time, ILogger<TlsCertificates> logger) : IConfiguredSection
{
    /// <summary>How long a change of the files may go unnoticed.</summary>
    public static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(10);

    private readonly Lock _checking = new(); // guards the fields below
    private TlsFiles? _current;
    private long _checked;

    /// <summary>For Kestrel's <c>UseHttps</c>.</summary>
    public TlsHandshakeCallbackOptions Handshake() => new() { OnConnection = _ => new(Current().Options()) };

    /// <summary>Reads the files, where TLS is served.</summary>
    public IReadOnlyList<string> Faults()
    {
        try
        {
            if (gateway.Value.IsTls) Current();
            return [];
        }
        catch (Exception unreadable) when (unreadable is OptionsValidationException or InvalidOperationException)
        {
            return []; // the section itself is named with its own faults
        }
        catch (Exception unusable) when (IsOfFiles(unusable))
        {
            return [$"{GatewayOptions.Section}:Tls: the files cannot be used: {unusable.Message}"];
        }
    }

    private TlsFiles Current()
    {
        lock (_checking)
        {
            if (_current is null) _current = TlsFiles.Read(gateway.Value.Tls);
            else if (time.GetElapsedTime(_checked) >= CheckPeriod) _current = Replacement(_current);
            else return _current;
            _checked = time.GetTimestamp();
            return _current;
        }
    }

    private TlsFiles Replacement(TlsFiles current)
    {
        try
        {
            var next = TlsFiles.Read(gateway.Value.Tls);
            if (next.SaysTheSameAs(current)) return current;
            AuthLog.CertificateReplaced(logger, next.NotAfter);
            return next;
        }
        catch (Exception unusable) when (IsOfFiles(unusable))
        {
            AuthLog.CertificateRefused(logger, unusable);
            return current;
        }
    }

    private static bool IsOfFiles(Exception cause) => cause is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;
}
