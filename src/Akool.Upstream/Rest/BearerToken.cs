using System.Buffers;

namespace Akool.Upstream.Rest;

/// <summary>A token in use. A class and not a record: printed it would show its secret.</summary>
/// <param name="value">What goes into the header.</param>
/// <param name="isReplacement">Whether it was fetched because AKOOL rejected the one before.</param>
internal sealed class BearerToken(string value, bool isReplacement)
{
    // RFC 6750, 2.1: b64token, with what JWTs and opaque keys have been seen to use.
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=:|");

    private int _proven;

    public string Value { get; } = value;

    public bool IsReplacement { get; } = isReplacement;

    /// <summary>Timestamp of the last fetch; guarded by its owner's lock.</summary>
    public long FetchedAt { get; set; }

    /// <summary>Whether AKOOL has taken it once.</summary>
    public bool IsProven => Volatile.Read(ref _proven) != 0;

    /// <summary>AKOOL has taken it. Safe from any thread.</summary>
    public void Prove()
    {
        if (!IsProven) Volatile.Write(ref _proven, 1);
    }

    /// <summary>Whether a text can be a token: sent as a header it must not break out of it.</summary>
    public static bool IsWellFormed(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Allowed);
}
