using Akool.Gateway.Auth;
using Akool.Gateway.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Tests.Auth;

public sealed class AuthOptionsTests
{
    private static readonly string Hash = new('a', 64);
    private static readonly (string, string)[] Key = [("Keys:0:Owner", "shop"), ("Keys:0:Sha256", Hash), ("Keys:0:Scopes:0", "chat")];

    [Fact]
    public void A_key_in_order_has_no_fault() => Assert.Empty(Faults(Key));

    [Theory]
    [InlineData("Keys:0:Owner", "", "Gateway:Auth:Keys:0:Owner: must have 1 to 128 characters")]
    [InlineData("Keys:0:Sha256", "the-key-itself", "Gateway:Auth:Keys:0:Sha256: must be the SHA-256 of the key, 64 hexadecimal digits")]
    [InlineData("Keys:0:Scopes:0", "sing", "Gateway:Auth:Keys:0:Scopes: 'sing' is none of sessions, chat, catalog, admin")]
    [InlineData("Jwt:Authority", "http://issuer.example", "Gateway:Auth:Jwt:Authority: must be an https address, or http on a loopback address")]
    [InlineData("Jwt:SigningKeys:0", "c2hvcnQ=", "Gateway:Auth:Jwt:SigningKeys:0: a secret must have at least 32 bytes")]
    [InlineData("Jwt:SigningKeys:0", "?", "Gateway:Auth:Jwt:SigningKeys:0: must be a secret in base64, or a public key or certificate in PEM")]
    [InlineData("Jwt:Authority", "https://issuer.example", "Gateway:Auth:Jwt:Audience: is needed")]
    [InlineData("Certificates:0:Owner", "shop", "Gateway:Auth:Certificates:0: needs either Sha256 or Subject")]
    [InlineData("Certificates:0:Subject", "shop", "Gateway:Auth:Certificates:0:Subject: must be like 'CN=shop, O=Example'")]
    [InlineData("Certificates:0:Sha256", "12", "Gateway:Auth:Certificates:0:Sha256: must be 64 hexadecimal digits")]
    public void A_fault_is_named(string key, string value, string fault) =>
        Assert.Contains(fault, Faults([.. Key.Where(one => one.Item1 != key), (key, value)]));

    [Fact]
    public void A_key_without_scopes_and_one_that_is_there_twice_are_faults()
    {
        Assert.Contains("Gateway:Auth:Keys:0:Scopes: must name at least one of sessions, chat, catalog, admin", Faults([.. Key.Take(2)]));
        Assert.Contains("Gateway:Auth:Keys: 2 of them are the same", Faults([.. Key, .. Key.Select(one => (one.Item1.Replace('0', '1'), one.Item2.ToUpperInvariant()))]));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5400", true)]
    [InlineData("http://127.8.8.8:5400", true)]
    [InlineData("http://localhost:5400", true)]
    [InlineData("http://[::1]:5400", true)]
    [InlineData("http://*:5400", false)]
    [InlineData("http://0.0.0.0:5400", false)]
    [InlineData("http://[::]:5400", false)]
    [InlineData("http://10.0.0.1:5400", false)]
    public void Without_credentials_only_a_loopback_address_may_be_served(string address, bool allowed)
    {
        var fault = LoopbackFaults(new GatewayOptions { GrpcUrl = address }, new AuthOptions());

        Assert.Equal(allowed, fault.Count == 0);
        if (!allowed) Assert.Contains("set Gateway:Auth:Keys, Gateway:Auth:Jwt or Gateway:Auth:Certificates, or serve a loopback address", fault[0], StringComparison.Ordinal);
        Assert.Empty(LoopbackFaults(new GatewayOptions { GrpcUrl = address }, new AuthOptions { Keys = [new KeyOptions()] }));
    }

    [Fact]
    public void Certificates_without_an_authority_are_a_fault()
    {
        var auth = new AuthOptions { Certificates = [new CertificateOptions()] };

        Assert.Contains("need Gateway:Tls:ClientCaFile", Assert.Single(LoopbackFaults(new GatewayOptions(), auth)), StringComparison.Ordinal);
        Assert.Empty(LoopbackFaults(new GatewayOptions { Tls = new TlsOptions { ClientCaFile = "ca.pem" } }, auth));
    }

    private static IReadOnlyList<string> LoopbackFaults(GatewayOptions gateway, AuthOptions auth) =>
        new LoopbackRule(Options.Create(gateway), Options.Create(auth)).Faults();

    private static List<string> Faults((string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().Add(new Settings(settings.Select(one => ($"Gateway:Auth:{one.Key}", one.Value)))).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System).AddLogging().AddGatewayAuth().BuildServiceProvider();
        return [.. services.GetServices<IConfiguredSection>().OfType<ConfiguredSection<AuthOptions>>().SelectMany(section => section.Faults())];
    }
}
