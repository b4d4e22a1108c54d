using System.Diagnostics.CodeAnalysis;
using Akool.Sessions;

namespace Akool.Gateway.Auth;

/// <summary>One key or certificate, from when it is configured until it is taken away.</summary>
/// <param name="kind">What <paramref name="mark"/> is: a key's hash, a certificate's hash, or its subject.</param>
/// <param name="mark">What tells it from others.</param>
/// <param name="owner">To whom it belongs.</param>
/// <param name="scopes">What it may be used for.</param>
[SuppressMessage("Design", "CA1001", Justification = "Streams may hold its token after it is gone; without a timer there is nothing to free.")]
internal sealed class Credential(CredentialKind kind, string mark, string owner, Scope scopes)
{
    private readonly CancellationTokenSource _revoked = new();
    private Caller? _caller;

    /// <summary>Equal for two that say the same.</summary>
    public (CredentialKind Kind, string Mark, string Owner, Scope Scopes) Identity { get; } = (kind, mark, owner, scopes);

    /// <summary>Whoever shows it.</summary>
    public Caller Caller => _caller ??= new(new OwnerId(Identity.Owner), Identity.Scopes, _revoked.Token);

    /// <summary>Ends the streams that were begun with it.</summary>
    public void Revoke() => _revoked.Cancel();
}

/// <summary>How a credential is recognised.</summary>
internal enum CredentialKind
{
    Key,
    CertificateHash,
    CertificateSubject,
}
