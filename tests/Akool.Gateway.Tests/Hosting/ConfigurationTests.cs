using Akool.Gateway.Hosting;

namespace Akool.Gateway.Tests.Hosting;

public sealed class ConfigurationTests
{
    [Fact]
    public void Every_fault_of_every_section_is_named_at_once()
    {
        var wrong = Assert.Throws<ConfigurationFaultsException>(() => Build(
            ("Gateway:GrpcUrl", "ftp://127.0.0.1:1"),
            ("Gateway:OperationsUrl", "http://example.com:99999"),
            ("Sessions:MaxLive", "many"),
            ("Sessions:MaxDuration", "an hour"),
            ("Sessions:ReconcileScope", "All"),
            ("Chat:MaxTurnBytes", "0"),
            ("Chat:MaxOpenTurns", "-1"),
            ("Akool:BaseUrl", "http://example.com"),
            ("Akool:Token", "t"),
            ("Ledger:Store", "paper")));

        string[] keys =
        [
            "Gateway:GrpcUrl", "Gateway:OperationsUrl", "Gateway:OperationsUrl", "Sessions:MaxLive", "Sessions:MaxDuration", "Sessions:ReconcileScope",
            "Chat:MaxTurnBytes", "Chat:MaxOpenTurns", "Akool:BaseUrl", "Ledger:Store",
        ];
        Assert.Equal(keys.Order(), wrong.Faults.Select(fault => fault.Split(' ')[0].TrimEnd(':')).Order());
        Assert.All(wrong.Faults, fault => Assert.Contains(fault, wrong.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", null)]
    [InlineData("http://[::1]:0", null)]
    [InlineData("http://*:5400", null)]
    [InlineData("http://localhost:5400", null)]
    [InlineData("", "is not an address")]
    [InlineData("127.0.0.1:5400", "is not an address")]
    [InlineData("http://127.0.0.1:5400/path", "must not have a path")]
    [InlineData("http://127.0.0.1:65536", "the port")]
    [InlineData("http://gateway.internal:5400", "must be an IP address")]
    [InlineData("http://localhost:0", "cannot take a free port")]
    [InlineData("tcp://127.0.0.1:5400", "the scheme")]
    [InlineData("http://127.0.0.1:5401", "need ports of their own")]
    [InlineData("https://127.0.0.1:5400", "Tls:CertificateFile: is needed")]
    public void An_address_is_one_that_can_be_served(string url, string? fault)
    {
        var result = new GatewayOptionsValidator().Validate(null, new GatewayOptions { GrpcUrl = url });

        if (fault is null) Assert.True(result.Succeeded, result.FailureMessage);
        else Assert.Contains(result.Failures!, failure => failure.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Files_that_are_not_there_are_named()
    {
        var tls = new TlsOptions { CertificateFile = "/no/cert.pem", KeyFile = "/no/key.pem", ClientCaFile = "/no/ca.pem" };

        var result = new GatewayOptionsValidator().Validate(null, new GatewayOptions { GrpcUrl = "https://127.0.0.1:0", Tls = tls });

        Assert.Equal(["Tls:CertificateFile: there is no file '/no/cert.pem'", "Tls:KeyFile: there is no file '/no/key.pem'", "Tls:ClientCaFile: there is no file '/no/ca.pem'"], result.Failures!);
    }

    private static GatewayApplication Build(params (string Key, string Value)[] settings) =>
        GatewayApplication.Build([], settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
}
