using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Akool.Gateway.Tests.Auth;

public sealed class TokenTests
{
    private const string Refused = "Unauthenticated CREDENTIALS_INVALID";
    private static readonly byte[] Secret = SHA256.HashData("secret"u8);

    private static readonly (string, string)[] Symmetric =
    [
        ("Gateway:Auth:Jwt:SigningKeys:0", Convert.ToBase64String(Secret)),
        ("Gateway:Auth:Jwt:Audience", "akool"),
        ("Gateway:Auth:Jwt:Issuer", "issuer"),
    ];

    [Fact]
    public async Task A_token_makes_its_subject_the_caller_with_the_scopes_it_names()
    {
        await using var host = await AuthHost.StartAsync(Symmetric);

        Assert.Equal("shop Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer(Token())));
    }

    [Fact]
    public async Task The_claims_for_owner_and_scopes_can_be_chosen()
    {
        await using var host = await AuthHost.StartAsync([.. Symmetric, ("Gateway:Auth:Jwt:OwnerClaim", "team"), ("Gateway:Auth:Jwt:ScopeClaim", "roles")]);

        var token = Token(new() { ["team"] = "red", ["roles"] = new[] { "sessions", "catalog", "something" } });

        Assert.Equal("red Sessions, Catalog", await host.WhoAmIAsync(Refusals.Bearer(token)));
    }

    [Fact]
    public async Task A_token_without_the_scope_is_denied()
    {
        await using var host = await AuthHost.StartAsync(Symmetric);

        Assert.Equal("PermissionDenied SCOPE_MISSING", await host.WhoAmIAsync(Refusals.Bearer(Token(new() { ["sub"] = "shop", ["scope"] = "chat" }))).ReasonAsync());
        Assert.Equal("PermissionDenied SCOPE_MISSING", await host.WhoAmIAsync(Refusals.Bearer(Token(new() { ["sub"] = "shop" }))).ReasonAsync());
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "expired", Token(minutes: -1) },
        { "not yet valid", Token(minutes: 120, begins: 60) },
        { "no end", Token(minutes: null) },
        { "another audience", Token(audience: "other") },
        { "another issuer", Token(issuer: "other") },
        { "another key", Token(key: new SymmetricSecurityKey(SHA256.HashData("other"u8))) },
        { "no subject", Token(new() { ["scope"] = "sessions" }) },
        { "alg none", Unsigned("none") },
        { "alg None", Unsigned("None") },
        { "signature cut off", Token()[..Token().LastIndexOf('.')] + "." },
        { "not a token", "a.b.c" },
        { "longer than tokens are", new string('x', 9000) },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_token_that_is_not_right_is_refused(string why, string token)
    {
        await using var host = await AuthHost.StartAsync(Symmetric);

        Assert.True(await host.WhoAmIAsync(Refusals.Bearer(token)).ReasonAsync() == Refused, why);
    }

    [Fact]
    public async Task Keys_count_beside_tokens()
    {
        await using var host = await AuthHost.StartAsync([.. Symmetric, .. AuthHost.Key(0, "shop-key", "keyed", "sessions")]);

        Assert.Equal("keyed Sessions", await host.WhoAmIAsync(Refusals.Bearer("shop-key")));
        Assert.Equal("shop Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer(Token())));
    }

    [Fact]
    public async Task A_public_key_checks_what_its_private_key_signed_and_is_not_a_secret_itself()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        await using var host = await AuthHost.StartAsync([("Gateway:Auth:Jwt:SigningKeys:0", pem), .. Symmetric.Skip(1)]);

        Assert.Equal("shop Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer(Token(key: new RsaSecurityKey(rsa), algorithm: "RS256"))));
        Assert.Equal(Refused, await host.WhoAmIAsync(Refusals.Bearer(Token(key: new SymmetricSecurityKey(Encoding.UTF8.GetBytes(pem))))).ReasonAsync());
    }

    [Fact]
    public async Task A_curves_public_key_checks_what_its_private_key_signed()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var host = await AuthHost.StartAsync([("Gateway:Auth:Jwt:SigningKeys:0", curve.ExportSubjectPublicKeyInfoPem()), .. Symmetric.Skip(1)]);

        Assert.Equal("shop Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer(Token(key: new ECDsaSecurityKey(curve), algorithm: "ES256"))));
    }

    [Fact]
    public async Task The_keys_of_an_authority_are_read_from_it()
    {
        using var rsa = RSA.Create(2048);
        var key = new RsaSecurityKey(rsa) { KeyId = "k1" };
        await using var authority = await StartAuthorityAsync(key);
        var address = authority.Urls.Single();
        await using var host = await AuthHost.StartAsync(("Gateway:Auth:Jwt:Authority", address), ("Gateway:Auth:Jwt:Audience", "akool"));

        Assert.Equal("shop Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer(Token(key: key, algorithm: "RS256", issuer: address))));
        Assert.Equal(Refused, await host.WhoAmIAsync(Refusals.Bearer(Token(key: key, algorithm: "RS256", issuer: "another"))).ReasonAsync());
    }

    private static string Token(
        Dictionary<string, object>? claims = null,
        int? minutes = 10,
        int begins = -10,
        string audience = "akool",
        string issuer = "issuer",
        SecurityKey? key = null,
        string algorithm = "HS256")
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Audience = audience,
            Issuer = issuer,
            NotBefore = now.AddMinutes(begins),
            Expires = minutes is { } end ? now.AddMinutes(end) : null,
            Claims = claims ?? new() { ["sub"] = "shop", ["scope"] = "sessions chat openid" },
            SigningCredentials = new SigningCredentials(key ?? new SymmetricSecurityKey(Secret), algorithm),
        });
    }

    private static string Unsigned(string algorithm)
    {
        var parts = Token().Split('.');
        return $"{Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{parts[1]}.";
    }

    private static async Task<WebApplication> StartAuthorityAsync(RsaSecurityKey key)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var published = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.Rsa.ExportParameters(false)) { KeyId = key.KeyId });
        app.MapGet("/.well-known/openid-configuration", (HttpContext context) =>
        {
            var self = $"http://{context.Request.Host}";
            return $$"""{"issuer":"{{self}}","jwks_uri":"{{self}}/keys"}""";
        });
        app.MapGet("/keys", () => $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"{{published.Kid}}","n":"{{published.N}}","e":"{{published.E}}"}]}""");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
