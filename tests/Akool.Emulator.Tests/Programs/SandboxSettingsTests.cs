using Akool.Sandbox;

namespace Akool.Emulator.Tests.Programs;

public sealed class SandboxSettingsTests
{
    [Theory]
    [InlineData("token", "", "", "")]
    [InlineData(null, "", "", "", "--Akool:Token=mine")]
    [InlineData(null, "", "", "", "--Akool:Token", "mine")]
    [InlineData(null, "", "", "", "--akool:token=mine")]
    [InlineData("", null, "", "", "/Akool:TokenFile=mine")]
    [InlineData("", "", null, null, "--Akool:ClientId=mine", "--Akool:ClientSecret=mine")]
    [InlineData("", "", null, null, "--Akool:ClientId=mine")] // the secret may come from the environment
    public void Of_the_credentials_one_way_is_set_and_that_of_the_command_line_first(
        string? token, string? tokenFile, string? clientId, string? clientSecret, params string[] arguments)
    {
        var settings = Read(arguments);

        Assert.Equal(
            (token, tokenFile, clientId, clientSecret),
            (settings.GetValueOrDefault("Akool:Token"), settings.GetValueOrDefault("Akool:TokenFile"),
                settings.GetValueOrDefault("Akool:ClientId"), settings.GetValueOrDefault("Akool:ClientSecret")));
    }

    [Theory]
    [InlineData("--Akool:BaseUrl=http://127.0.0.1:9")]
    [InlineData("--Akool:BaseUrl", "http://127.0.0.1:9")]
    [InlineData("/akool:baseurl", "http://127.0.0.1:9")]
    public void What_the_command_line_says_is_left_to_it(params string[] arguments)
    {
        Assert.Contains("Akool:BaseUrl", Read());
        Assert.DoesNotContain("Akool:BaseUrl", Read(arguments));
    }

    [Fact]
    public void Of_an_account_that_is_not_the_emulators_the_ledger_outlives_the_sandbox()
    {
        Assert.Contains("Ledger:ConnectionString", Read());
        Assert.DoesNotContain("Ledger:ConnectionString", Read("--Akool:BaseUrl=http://127.0.0.1:9"));
    }

    private static Dictionary<string, string?> Read(params string[] arguments) =>
        new(SandboxSettings.For(new("http://127.0.0.1:1"), "token", new DirectoryInfo("."), arguments));
}
