using System.Text.Json.Nodes;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Tests.Rest;

public sealed class TokenTests
{
    [Theory]
    [InlineData(null, 1102)]
    [InlineData("", 1102)]
    [InlineData("somebody-elses", 1101)]
    [InlineData("emulator-token", 1000)]
    public async Task Every_call_but_getToken_asks_for_the_token(string? token, int code)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool, token: null);
        if (token is not null) caller.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");

        foreach (var operation in new[] { RestOperation.SessionList, RestOperation.AvatarList, RestOperation.VoiceList, RestOperation.LanguageList })
        {
            Assert.Equal(code, await caller.CodeAsync(operation));
        }
        Assert.Equal(code is 1000 ? 1003 : code, await caller.CodeAsync(RestOperation.CreateSession, body: new JsonObject()));
    }

    [Fact]
    public async Task An_expired_token_is_1101_and_getToken_gives_a_new_one()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var old = new Caller(akool);
        Assert.Equal(1000, await old.CodeAsync(RestOperation.SessionList));

        akool.ExpireTokens();
        var refused = await old.CodeAsync(RestOperation.SessionList);
        var issued = await old.CallAsync(RestOperation.GetToken, body: Credentials("emulator-secret"));

        using var renewed = new Caller(akool, (string)issued["token"]!);
        Assert.Equal(1101, refused);
        Assert.Equal(1000, await renewed.CodeAsync(RestOperation.SessionList));
    }

    [Fact]
    public async Task GetToken_refuses_wrong_and_missing_credentials()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool, token: null);

        Assert.Equal(1101, await caller.CodeAsync(RestOperation.GetToken, body: Credentials("guessed")));
        Assert.Equal(1003, await caller.CodeAsync(RestOperation.GetToken, body: new JsonObject()));
    }

    [Fact]
    public async Task A_token_that_is_accepted_later_is_valid_from_then()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool, "rotated");

        Assert.Equal(1101, await caller.CodeAsync(RestOperation.SessionList));
        akool.AcceptToken("rotated");
        Assert.Equal(1000, await caller.CodeAsync(RestOperation.SessionList));
    }

    [Fact]
    public async Task The_journal_never_holds_the_secret()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);

        await caller.CallAsync(RestOperation.GetToken, body: Credentials("emulator-secret"));

        Assert.DoesNotContain(akool.Journal.Entries, entry => $"{entry}".Contains("emulator-secret", StringComparison.Ordinal) || $"{entry}".Contains("emulator-token", StringComparison.Ordinal));
    }

    private static JsonObject Credentials(string secret) => new() { ["clientId"] = "emulator-client", ["clientSecret"] = secret };
}
