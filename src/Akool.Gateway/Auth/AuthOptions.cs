namespace Akool.Gateway.Auth;

/// <summary>
/// Who may call; bound from <c>Gateway:Auth</c>. Without keys, JWT or certificates only loopback addresses may be served, and every caller is
/// owner <c>local</c> with all scopes. Keys and certificates are followed while the gateway runs: one that is taken away ends its open streams.
/// </summary>
public sealed record AuthOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Gateway:Auth";

    /// <summary>Keys that callers send as <c>authorization: Bearer &lt;key&gt;</c>. Default none.</summary>
    public IReadOnlyList<KeyOptions> Keys { get; init; } = [];

    /// <summary>Tokens that callers send as <c>authorization: Bearer &lt;token&gt;</c>; read at the start. Default none.</summary>
    public JwtOptions Jwt { get; init; } = new();

    /// <summary>Client certificates, of the authorities in <c>Gateway:Tls:ClientCaFile</c>. Default none.</summary>
    public IReadOnlyList<CertificateOptions> Certificates { get; init; } = [];

    /// <summary>Whether nobody can show credentials.</summary>
    internal bool IsOpen => Keys.Count == 0 && Certificates.Count == 0 && !Jwt.IsConfigured;
}

/// <summary>One key.</summary>
public sealed record KeyOptions
{
    /// <summary>To whom the sessions belong that are made with it.</summary>
    public string Owner { get; init; } = "";

    /// <summary>SHA-256 of the key, as 64 hexadecimal digits: <c>printf %s "$KEY" | sha256sum</c>.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>What it may be used for: <c>sessions</c>, <c>chat</c>, <c>catalog</c>, <c>admin</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>One client certificate, named by <see cref="Sha256"/> or <see cref="Subject"/>.</summary>
public sealed record CertificateOptions
{
    /// <summary>SHA-256 of the certificate (DER), as 64 hexadecimal digits. Default none.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>The whole subject, for example <c>CN=shop, O=Example</c>; any certificate with it counts. Default none.</summary>
    public string Subject { get; init; } = "";

    /// <summary>To whom the sessions belong that are made with it.</summary>
    public string Owner { get; init; } = "";

    /// <summary>What it may be used for: <c>sessions</c>, <c>chat</c>, <c>catalog</c>, <c>admin</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>Tokens: whose, and what they say. Configured where <see cref="Authority"/> or <see cref="SigningKeys"/> is set.</summary>
public sealed record JwtOptions
{
    /// <summary>OpenID Connect issuer whose published keys sign the tokens; <c>https</c>, or <c>http</c> on a loopback address. Default none.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Keys that sign the tokens, instead of an authority: each a symmetric secret in base64, or a public key or certificate in PEM. Default none.</summary>
    public IReadOnlyList<string> SigningKeys { get; init; } = [];

    /// <summary>The <c>aud</c> that a token must have. Needed.</summary>
    public string Audience { get; init; } = "";

    /// <summary>The <c>iss</c> that a token must have. Needed with <see cref="SigningKeys"/>; default: as the authority says.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The claim that names the owner. Default <c>sub</c>.</summary>
    public string OwnerClaim { get; init; } = "sub";

    /// <summary>The claim with the scopes, a list or words between spaces; others than ours are ignored. Default <c>scope</c>.</summary>
    public string ScopeClaim { get; init; } = "scope";

    internal bool IsConfigured => Authority.Length > 0 || SigningKeys.Count > 0;
}
