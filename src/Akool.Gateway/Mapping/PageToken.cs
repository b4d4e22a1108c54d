using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Akool.Sessions;

namespace Akool.Gateway.Mapping;

/// <summary>
/// Opaque tokens that continue a list: a place, and a hash that binds it to the list's owner and filters. The hash has no key, so that a
/// token holds on every replica and after a restart: a forger gains nothing, because the place is looked for among the caller's own sessions.
/// </summary>
internal static class PageToken
{
    private const int HashLength = 16;
    private const int MaxLength = 1024;

    /// <summary>A token for a place in the list that <paramref name="list"/> tells apart from every other one.</summary>
    public static string Write(ReadOnlySpan<string> list, string place)
    {
        var text = Encoding.UTF8.GetBytes(place);
        var token = new byte[HashLength + text.Length];
        Hash(list, text).CopyTo(token, 0);
        text.CopyTo(token, HashLength);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The place in a token of the same list. Errors: InvalidPageToken.</summary>
    public static Result<string> Read(string token, ReadOnlySpan<string> list)
    {
        if (token.Length > MaxLength || !Base64Url.IsValid(token)) return Invalid;
        var bytes = Base64Url.DecodeFromChars(token);
        // One place has one token: base64 has spare bits that a decoder ignores.
        if (bytes.Length < HashLength || Base64Url.EncodeToString(bytes) != token) return Invalid;
        var text = bytes.AsSpan(HashLength);
        return bytes.AsSpan(0, HashLength).SequenceEqual(Hash(list, text)) ? Encoding.UTF8.GetString(text) : Invalid;
    }

    public static SessionError Invalid { get; } =
        new(SessionErrorCode.InvalidPageToken, "page_token is not from a previous page of this call with the same other fields");

    private static byte[] Hash(ReadOnlySpan<string> list, ReadOnlySpan<byte> place)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in list)
        {
            // With its length before it no part can pass for the end of another.
            var text = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            hash.AppendData(length);
            hash.AppendData(text);
        }

        BinaryPrimitives.WriteInt32LittleEndian(length, -1);
        hash.AppendData(length);
        hash.AppendData(place);
        return hash.GetHashAndReset()[..HashLength];
    }
}
