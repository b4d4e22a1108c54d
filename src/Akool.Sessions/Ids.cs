using System.Buffers;
using System.Security.Cryptography;

namespace Akool.Sessions;

/// <summary>The <c>{session}</c> of <c>sessions/{session}</c>: 26 characters of <c>a-z2-7</c>, 128 random bits.</summary>
public readonly record struct SessionId(string Value)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 26;
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    /// <summary>A new id that cannot be guessed.</summary>
    public static SessionId New() => new(RandomNumberGenerator.GetString(Alphabet, Length));

    /// <summary>Whether <paramref name="value"/> could have come from <see cref="New"/>; says nothing about existence.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> value) => value.Length == Length && !value.ContainsAnyExcept(Allowed);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The authenticated caller that a session belongs to.</summary>
public readonly record struct OwnerId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>AKOOL's <c>_id</c> of a session. Its form is AKOOL's business: opaque here.</summary>
public readonly record struct UpstreamId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
