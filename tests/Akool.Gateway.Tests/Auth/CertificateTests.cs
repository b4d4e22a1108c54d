using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akool.Gateway.Auth;
using Akool.Gateway.Hosting;
using Grpc.Core;

namespace Akool.Gateway.Tests.Auth;

public sealed class CertificateTests : IDisposable
{
    private readonly Authority _authority = new("CN=test authority");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-tls-");

    public CertificateTests()
    {
        File.WriteAllText(At("ca.pem"), _authority.Pem);
        WriteServer("CN=first");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_certificate_named_by_hash_or_by_subject_makes_its_owner_the_caller()
    {
        using var byHash = _authority.Issue("CN=one", client: true);
        using var bySubject = _authority.Issue("CN=two, O=Example", client: true);
        using var nobody = _authority.Issue("CN=three", client: true);
        await using var host = await AuthHost.StartAsync(
        [
            .. Tls(clients: true),
            ("Gateway:Auth:Certificates:0:Sha256", Convert.ToHexStringLower(SHA256.HashData(byHash.RawData))),
            ("Gateway:Auth:Certificates:0:Owner", "hashed"),
            ("Gateway:Auth:Certificates:0:Scopes:0", "sessions"),
            ("Gateway:Auth:Certificates:1:Subject", "CN=two,O=Example"),
            ("Gateway:Auth:Certificates:1:Owner", "named"),
            ("Gateway:Auth:Certificates:1:Scopes:0", "sessions"),
        ]);

        Assert.Equal("hashed Sessions", await host.WhoAmIAsync(handler: Client(byHash)));
        Assert.Equal("named Sessions", await host.WhoAmIAsync(handler: Client(bySubject)));
        Assert.Equal("Unauthenticated CREDENTIALS_INVALID", await host.WhoAmIAsync(handler: Client(nobody)).ReasonAsync());
    }

    [Fact]
    public async Task A_certificate_of_another_authority_or_none_or_a_servers_does_not_get_through_the_handshake()
    {
        using var foreigners = new Authority("CN=test authority");
        using var foreign = foreigners.Issue("CN=one", client: true);
        using var servers = _authority.Issue("CN=one", client: false);
        await using var host = await AuthHost.StartAsync(
        [
            .. Tls(clients: true),
            ("Gateway:Auth:Certificates:0:Subject", "CN=one"), ("Gateway:Auth:Certificates:0:Owner", "one"), ("Gateway:Auth:Certificates:0:Scopes:0", "sessions"),
        ]);

        foreach (var certificate in (X509Certificate2?[])[foreign, servers, null])
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => host.WhoAmIAsync(handler: Client(certificate)));
            Assert.Contains(error.StatusCode, (StatusCode[])[StatusCode.Internal, StatusCode.Unavailable]);
            Assert.Null(error.GetRpcStatus());
        }
    }

    [Fact]
    public async Task A_replaced_certificate_is_shown_without_a_restart()
    {
        await using var host = await AuthHost.StartAsync([.. Tls(clients: false)]);
        Assert.Equal("CN=first", await ShownAsync(host));

        WriteServer("CN=second");
        Assert.Equal("CN=first", await ShownAsync(host)); // not looked at with each handshake
        host.Time.Advance(TlsCertificates.CheckPeriod);

        Assert.Equal("CN=second", await ShownAsync(host));
    }

    [Fact]
    public async Task Files_that_do_not_fit_each_other_change_nothing_until_they_do()
    {
        await using var host = await AuthHost.StartAsync([.. Tls(clients: false)]);
        using var second = _authority.Issue("CN=second", client: false);

        await File.WriteAllTextAsync(At("server.pem"), second.ExportCertificatePem(), TestContext.Current.CancellationToken);
        host.Time.Advance(TlsCertificates.CheckPeriod);
        Assert.Equal("CN=first", await ShownAsync(host));

        await File.WriteAllTextAsync(At("server.key"), second.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        host.Time.Advance(TlsCertificates.CheckPeriod);
        Assert.Equal("CN=second", await ShownAsync(host));
    }

    [Fact]
    public void A_file_of_authorities_that_holds_none_stops_the_start()
    {
        var trusted = Encoding.ASCII.GetBytes(_authority.Pem.Replace("CERTIFICATE", "TRUSTED CERTIFICATE", StringComparison.Ordinal));

        foreach (var file in (byte[][])[[], _authority.Der, trusted])
        {
            File.WriteAllBytes(At("ca.pem"), file);
            Assert.Contains("ClientCaFile has no certificate", Assert.Single(FaultsOfStart(clients: true)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Files_that_do_not_fit_each_other_stop_the_start_and_are_named_with_its_other_faults()
    {
        using var second = _authority.Issue("CN=second", client: false);
        File.WriteAllText(At("server.pem"), second.ExportCertificatePem());

        var faults = FaultsOfStart(clients: false, ("Sessions:MaxLive", "0"));

        Assert.Equal(["Gateway:Tls", "Sessions:MaxLive"], faults.Select(fault => fault.Split(' ')[0].TrimEnd(':')).Order());
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_emptied_changes_nothing()
    {
        using var one = _authority.Issue("CN=one", client: true);
        await using var host = await AuthHost.StartAsync(
        [
            .. Tls(clients: true),
            ("Gateway:Auth:Certificates:0:Subject", "CN=one"), ("Gateway:Auth:Certificates:0:Owner", "one"), ("Gateway:Auth:Certificates:0:Scopes:0", "sessions"),
        ]);
        Assert.Equal("one Sessions", await host.WhoAmIAsync(handler: Client(one)));

        await File.WriteAllTextAsync(At("ca.pem"), "", TestContext.Current.CancellationToken);
        host.Time.Advance(TlsCertificates.CheckPeriod);

        Assert.Null((await Assert.ThrowsAsync<RpcException>(() => host.WhoAmIAsync(handler: Client(certificate: null)))).GetRpcStatus()); // refused by the handshake
        Assert.Equal("one Sessions", await host.WhoAmIAsync(handler: Client(one)));
    }

    [Fact]
    public async Task A_strangers_certificate_does_not_make_the_gateway_fetch_what_it_names()
    {
        using var named = new TcpListener(IPAddress.Loopback, 0);
        named.Start();
        using var strangers = new Authority("CN=strangers");
        using var stranger = strangers.Issue("CN=one", client: true, issuerAt: $"http://{named.LocalEndpoint}/issuer.crt");
        await using var host = await AuthHost.StartAsync(
        [
            .. Tls(clients: true),
            ("Gateway:Auth:Certificates:0:Subject", "CN=one"), ("Gateway:Auth:Certificates:0:Owner", "one"), ("Gateway:Auth:Certificates:0:Scopes:0", "sessions"),
        ]);

        await Assert.ThrowsAsync<RpcException>(() => host.WhoAmIAsync(handler: Client(stranger)));

        Assert.False(named.Pending(), "the gateway has connected to an address that a stranger's certificate named");
    }

    private IReadOnlyList<string> FaultsOfStart(bool clients, params (string, string)[] more)
    {
        (string Key, string Value)[] settings = [.. Tls(clients), ("Akool:Token", "t"), .. more];
        return Assert.Throws<ConfigurationFaultsException>(
            () => GatewayApplication.Build([], settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))).Faults;
    }

    private static SocketsHttpHandler Client(X509Certificate2? certificate, Action<string>? shown = null) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            // Also one that the server will not like; the client itself looks for no issuer.
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            RemoteCertificateValidationCallback = (_, remote, _, _) =>
            {
                shown?.Invoke(remote?.Subject ?? "");
                return remote is not null; // whom the client trusts is not what is tested
            },
        },
    };

    private static async Task<string> ShownAsync(AuthHost host)
    {
        var subject = "";
        await host.WhoAmIAsync(handler: Client(certificate: null, shown => subject = shown));
        return subject;
    }

    private (string, string)[] Tls(bool clients) =>
    [
        ("Gateway:GrpcUrl", "https://127.0.0.1:0"),
        ("Gateway:Tls:CertificateFile", At("server.pem")),
        ("Gateway:Tls:KeyFile", At("server.key")),
        .. clients ? [("Gateway:Tls:ClientCaFile", At("ca.pem"))] : Array.Empty<(string, string)>(),
    ];

    private void WriteServer(string subject)
    {
        using var server = _authority.Issue(subject, client: false);
        File.WriteAllText(At("server.pem"), server.ExportCertificatePem());
        File.WriteAllText(At("server.key"), server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Issues certificates.</summary>
    private sealed class Authority : IDisposable
    {
        private readonly RSA _key = RSA.Create(2048);
        private readonly X509Certificate2 _own;

        public Authority(string subject)
        {
            var request = new CertificateRequest(subject, _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            _own = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(2));
        }

        private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

        public string Pem => _own.ExportCertificatePem();

        public byte[] Der => _own.RawData;

        public X509Certificate2 Issue(string subject, bool client, string? issuerAt = null)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(client ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], true));
            if (issuerAt is not null) request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerAt]));
            using var issued = request.Create(_own, Now.AddHours(-1), Now.AddDays(1), RandomNumberGenerator.GetBytes(16));
            using var keyed = issued.CopyWithPrivateKey(key);
            return X509CertificateLoader.LoadPkcs12(keyed.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        }

        public void Dispose()
        {
            _own.Dispose();
            _key.Dispose();
        }
    }
}
