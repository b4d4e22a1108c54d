using Akool.Sessions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Akool.Gateway.Auth;

/// <summary>
/// Tells callers from their tokens. A token counts when a call begins; a stream may outlive it, as its session's lease bounds it. Safe from any thread.
/// </summary>
internal sealed class Tokens : IDisposable
{
    private const int LongestOwner = 128;

    /// <summary>How far the clocks of issuer and gateway may differ.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AuthorityLimit = TimeSpan.FromSeconds(5);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly HttpClient _http = new() { Timeout = AuthorityLimit };
    private readonly JwtOptions _options;
    private readonly TokenValidationParameters _rules;
    private readonly ILogger<Tokens> _logger;

    public Tokens(IOptions<AuthOptions> options, ILogger<Tokens> logger)
    {
        _options = options.Value.Jwt;
        _logger = logger;
        _rules = new TokenValidationParameters
        {
            ValidAudience = _options.Audience,
            ValidIssuer = _options.Issuer.Length > 0 ? _options.Issuer : null,
            IssuerSigningKeys = _options.SigningKeys.Select(SigningKey.Read).ToList(),
            ClockSkew = ClockSkew,
        };
        if (_options.Authority.Length > 0) _rules.ConfigurationManager = FollowAuthority(_options.Authority);
    }

    /// <summary>Whether tokens are taken at all.</summary>
    public bool AreTaken => _options.IsConfigured;

    /// <summary>The caller of a token. Errors: <see cref="SessionErrorCode.CredentialsInvalid"/>.</summary>
    public async Task<Result<Caller>> ReadAsync(string token)
    {
        var read = await _handler.ValidateTokenAsync(token, _rules);
        if (read.IsValid) return CallerOf((JsonWebToken)read.SecurityToken);
        if (read.Exception is SecurityTokenExpiredException) return Refused("the token has expired");
        if (read.Exception is SecurityTokenInvalidAudienceException) return Refused("the token is for another audience");
        if (read.Exception is not SecurityTokenException and not ArgumentException) AuthLog.AuthorityUnreachable(_logger, read.Exception);
        return Refused("the token is not valid");
    }

    public void Dispose() => _http.Dispose();

    private Result<Caller> CallerOf(JsonWebToken token)
    {
        if (!token.TryGetValue<string>(_options.OwnerClaim, out var owner) || owner.Length is 0 or > LongestOwner)
            return Refused($"the token has no claim '{_options.OwnerClaim}' that can be an owner");
        // A list of scopes comes as a claim for each; a text has words between spaces.
        var words = token.Claims.Where(claim => claim.Type == _options.ScopeClaim).SelectMany(claim => claim.Value.Split(' '));
        return new Caller(new OwnerId(owner), ScopeWords.Read(words), CancellationToken.None);
    }

    private ConfigurationManager<OpenIdConnectConfiguration> FollowAuthority(string authority) => new(
        $"{authority.TrimEnd('/')}/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever(_http) { RequireHttps = authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase) });

    private static SessionError Refused(string detail) => new(SessionErrorCode.CredentialsInvalid, detail);
}
