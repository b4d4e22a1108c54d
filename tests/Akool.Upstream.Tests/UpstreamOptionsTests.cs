using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Akool.Upstream.Tests;

public sealed class UpstreamOptionsTests
{
    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var faults = FaultsOf(
            ("BaseUrl", "http://user:secret-1@akool.example/path"), ("Token", "secret 2"), ("ClientId", "id"), ("ChatRoomHosts:0", "https://x"), ("RequestTimeout", "00:10:00"));

        foreach (var key in new[] { "must be https", "user or a password", "end after the host", "ClientSecret is missing", "only one of", "Akool:Token holds", "ChatRoomHosts", "RequestTimeout" })
            Assert.Contains(faults, fault => fault.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain("secret-1", string.Concat(faults), StringComparison.Ordinal);
        Assert.DoesNotContain("secret 2", string.Concat(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("x")]
    [InlineData("/")]
    [InlineData("")]
    public void A_base_url_that_is_none_is_a_fault(string url)
    {
        Assert.Contains("BaseUrl", Assert.Single(FaultsOf(("BaseUrl", url), ("Token", "t"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_credentials_it_does_not_start()
    {
        Assert.Contains("Token", Assert.Single(FaultsOf()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Token", "t", null, null)]
    [InlineData("TokenFile", "/run/secrets/akool", null, null)]
    [InlineData("ClientId", "i", "ClientSecret", "s")]
    [InlineData("Token", "t", "BaseUrl", "http://127.0.0.1:5500")]
    [InlineData("Token", "t", "BaseUrl", "http://localhost:5500/")]
    public void What_is_enough_is_enough(string key, string value, string? other, string? otherValue)
    {
        Assert.Empty(other is null ? FaultsOf((key, value)) : FaultsOf((key, value), (other, otherValue!)));
    }

    private static IReadOnlyList<string> FaultsOf(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Akool:" + setting.Key, (string?)setting.Value))).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddMetrics().AddAkoolUpstream().BuildServiceProvider();
        try
        {
            _ = services.GetRequiredService<IOptions<UpstreamOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
    }
}
