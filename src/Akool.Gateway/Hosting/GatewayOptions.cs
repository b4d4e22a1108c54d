namespace Akool.Gateway.Hosting;

/// <summary>Where the gateway listens; bound from the <c>Gateway</c> section.</summary>
public sealed record GatewayOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Gateway";

    /// <summary>
    /// Where gRPC is served: <c>http</c> (HTTP/2 without TLS) or <c>https</c> (with <see cref="Tls"/>), then an IP address, <c>localhost</c>, or
    /// <c>*</c> for all addresses, and a port; port 0 takes a free one. Default <c>http://127.0.0.1:5400</c>.
    /// </summary>
    public string GrpcUrl { get; init; } = "http://127.0.0.1:5400";

    /// <summary>Where <c>/livez</c>, <c>/readyz</c> and <c>/statusz</c> are served over HTTP/1.1, without TLS. Default <c>http://127.0.0.1:5401</c>.</summary>
    public string OperationsUrl { get; init; } = "http://127.0.0.1:5401";

    /// <summary>Certificates; needed where <see cref="GrpcUrl"/> is <c>https</c>.</summary>
    public TlsOptions Tls { get; init; } = new();

    internal bool IsTls => GrpcUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Certificates of the gRPC endpoint, as PEM files; bound from <c>Gateway:Tls</c>.</summary>
public sealed record TlsOptions
{
    /// <summary>The server's certificate, with its chain. Default none.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The private key of <see cref="CertificateFile"/>. Default none.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>Authorities whose client certificates are accepted; set, every client must show one. Default none: clients show none.</summary>
    public string ClientCaFile { get; init; } = "";
}
