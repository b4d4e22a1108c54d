using System.Text;
using Akool.Emulator.ChatRooms;

namespace Akool.Emulator.Faults;

/// <summary>The bytes that break a rule of the websocket protocol.</summary>
internal static class Breaches
{
    private const int OversizeBytes = 16 << 20;

    public static byte[] BytesOf(Breach breach) => breach switch
    {
        Breach.ReservedBit => WebSocketFrame.Write(WebSocketFrame.Text, "{}"u8, flags: 0xc0),
        Breach.ReservedOpcode => WebSocketFrame.Write(3, "{}"u8),
        Breach.FragmentedPing => WebSocketFrame.Write(WebSocketFrame.Ping, "half"u8, flags: 0),
        Breach.LongPing => WebSocketFrame.Write(WebSocketFrame.Ping, new byte[126]),
        Breach.OrphanContinuation => WebSocketFrame.Write(WebSocketFrame.Continuation, "{}"u8),
        Breach.InterleavedText =>
            [.. WebSocketFrame.Write(WebSocketFrame.Text, "{"u8, flags: 0), .. WebSocketFrame.Write(WebSocketFrame.Text, "{}"u8)],
        Breach.BadUtf8 => WebSocketFrame.Write(WebSocketFrame.Text, [(byte)'"', 0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80, (byte)'"']),
        Breach.Masked => [0x81, 0x82, 1, 2, 3, 4, (byte)'{' ^ 1, (byte)'}' ^ 2],
        Breach.NegativeLength => [0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        Breach.ShortClose => WebSocketFrame.Write(WebSocketFrame.Close, [3]),
        Breach.ReservedCloseCode => WebSocketFrame.WriteClose(1005, ""),
        Breach.Oversize => WebSocketFrame.Write(WebSocketFrame.Text, Encoding.UTF8.GetBytes($$"""{"type":"chat","payload":"{{new string('x', OversizeBytes)}}"}""")),
        _ => WebSocketFrame.Write(WebSocketFrame.Binary, "{}"u8),
    };
}
