using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Connection;

/// <summary>The opening handshake of a websocket (RFC 6455, 4.1). No subprotocol and no extension is offered, so none is accepted.</summary>
internal static class Handshake
{
    /// <summary>The status that says yes.</summary>
    public const int SwitchingProtocols = 101;

    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3

    /// <summary>
    /// Asks for the upgrade. Gives whether the peer agreed as the standard has it, the status of its answer, and the bytes that came behind it. Throws what the
    /// stream throws, and <see cref="InvalidDataException"/> where the answer is not HTTP.
    /// </summary>
    public static async Task<(bool IsOpen, int Status, ReadOnlyMemory<byte> Unread)> OpenAsync(Stream stream, Uri room, CancellationToken cancellation)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {room.PathAndQuery} HTTP/1.1\r\nHost: {HostOf(room)}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"),
            cancellation);
        var answers = new AnswerReader(stream);
        var head = await answers.ReadAsync(cancellation);
        while (head.Status is >= 100 and < 200 and not SwitchingProtocols) head = await answers.ReadAsync(cancellation); // what is said before the answer
        return (IsUpgrade(head, key), head.Status, answers.Unread);
    }

    /// <summary>A host as HTTP names it, with its port where that is not the scheme's own.</summary>
    public static string HostOf(Uri room, bool alwaysPort = false)
    {
        var host = room.HostNameType == UriHostNameType.IPv6 ? $"[{room.IdnHost}]" : room.IdnHost;
        return room.IsDefaultPort && !alwaysPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{room.Port}");
    }

    private static bool IsUpgrade(AnswerHead head, string key) =>
        head.Status == SwitchingProtocols
        && Has(head, "Connection", "Upgrade")
        && Has(head, "Upgrade", "websocket")
        && head.Values("Sec-WebSocket-Accept").SequenceEqual([AcceptOf(key)])
        && !head.Values("Sec-WebSocket-Extensions").Any()
        && !head.Values("Sec-WebSocket-Protocol").Any();

    private static bool Has(AnswerHead head, string name, string value) =>
        head.Values(name).SelectMany(line => line.Split(',', StringSplitOptions.TrimEntries)).Contains(value, StringComparer.OrdinalIgnoreCase);

#pragma warning disable CA5350 // the standard's proof that the peer has read the request, no secret
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
#pragma warning restore CA5350
}
