using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Akool.Gateway.Auth;

/// <summary>
/// The credentials as they are configured now. Follows the configuration: what is new counts at once, and what is gone ends its streams at
/// once. A configuration with a fault changes nothing and is logged. Safe from any thread.
/// </summary>
internal sealed class Credentials : IDisposable
{
    private readonly IOptionsFactory<AuthOptions> _options;
    private readonly ILogger<Credentials> _logger;
    private readonly Lock _reloading = new(); // guards the change of _table
    private readonly IDisposable _following;
    private volatile CredentialTable _table;

    public Credentials(IOptions<AuthOptions> start, IOptionsFactory<AuthOptions> options, IConfiguration configuration, ILogger<Credentials> logger)
    {
        _options = options;
        _logger = logger;
        IsOpen = start.Value.IsOpen;
        _table = new CredentialTable(start.Value, before: null);
        // Not an options monitor: that throws a fault at the thread that watches the file, and ends the process.
        _following = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    /// <summary>Whether everybody may call, as the gateway was started. Taking all credentials away later lets nobody in.</summary>
    public bool IsOpen { get; }

    /// <summary>What counts now.</summary>
    public CredentialTable Current => _table;

    public void Dispose() => _following.Dispose();

    private void Reload()
    {
        if (IsOpen) return;
        IReadOnlyList<Credential> gone;
        lock (_reloading)
        {
            if (Read() is not { } next) return;
            var before = _table;
            _table = next;
            gone = before.MissingIn(next);
        }

        foreach (var credential in gone) Revoke(credential);
    }

    private CredentialTable? Read()
    {
        try
        {
            return new CredentialTable(_options.Create(Options.DefaultName), _table);
        }
        catch (OptionsValidationException invalid)
        {
            AuthLog.CredentialsRefused(_logger, string.Join("; ", invalid.Failures));
        }
        catch (InvalidOperationException unreadable)
        {
            AuthLog.CredentialsRefused(_logger, unreadable.Message);
        }

        return null;
    }

    private void Revoke(Credential credential)
    {
        AuthLog.CredentialRevoked(_logger, credential.Identity.Kind, credential.Identity.Owner);
        try
        {
            credential.Revoke();
        }
        catch (AggregateException cause)
        {
            // What one stream does at its end must not keep the others, or the thread that watches the file, from going on.
            AuthLog.StreamEndFailed(_logger, cause);
        }
    }
}
