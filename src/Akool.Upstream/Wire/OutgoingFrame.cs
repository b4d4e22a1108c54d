using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Akool.Upstream.Wire;

/// <summary>Makes a client's websocket frame of a payload (RFC 6455, 5.2), in place. Its mask is cryptographic; masks are drawn many at a time.</summary>
internal static class OutgoingFrame
{
    /// <summary>Room that the largest header takes, in front of the payload.</summary>
    public const int MaxHeader = 14;

    private const byte Final = 0x80;
    private const byte Masked = 0x80;
    private const int MasksAtOnce = 256;

    [ThreadStatic]
    private static Masks? t_masks;

    /// <summary>Masks the payload behind <see cref="MaxHeader"/> free bytes, and writes the header right before it. Gives the frame.</summary>
    public static Memory<byte> Make(FrameOpcode opcode, Memory<byte> room)
    {
        var payload = room.Span[MaxHeader..];
        var start = MaxHeader - HeaderOf(payload.Length);
        var header = room.Span[start..MaxHeader];
        header[0] = (byte)(Final | (byte)opcode);
        switch (header.Length)
        {
            case 6:
                header[1] = (byte)(Masked | payload.Length);
                break;
            case 8:
                header[1] = Masked | 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payload.Length);
                break;
            default:
                header[1] = Masked | 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)payload.Length);
                break;
        }
        var mask = (t_masks ??= new()).Next();
        MemoryMarshal.Write(header[^4..], mask);
        Apply(mask, payload);
        return room[start..];
    }

    private static int HeaderOf(int length) => length < 126 ? 6 : length <= ushort.MaxValue ? 8 : MaxHeader;

    private static void Apply(uint mask, Span<byte> payload)
    {
        var twice = mask | ((ulong)mask << 32);
        var words = MemoryMarshal.Cast<byte, ulong>(payload);
        foreach (ref var word in words) word ^= twice;
        var rest = payload[(words.Length * sizeof(ulong))..];
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        MemoryMarshal.Write(bytes, twice);
        for (var i = 0; i < rest.Length; i++) rest[i] ^= bytes[i];
    }

    // Each is used once, and none can be told from those before.
    private sealed class Masks
    {
        private readonly uint[] _masks = new uint[MasksAtOnce];
        private int _left;

        public uint Next()
        {
            if (_left == 0)
            {
                RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_masks.AsSpan()));
                _left = MasksAtOnce;
            }
            return _masks[--_left];
        }
    }
}
