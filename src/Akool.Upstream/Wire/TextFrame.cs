using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Akool.Upstream.Wire;

/// <summary>
/// Makes a client's websocket text frame of a text (RFC 6455, 5.2), in place. Here because the runtime's own asks the operating system's library for
/// each frame's mask, which costs more than the rest of the frame; here the masks come from the same source, many at a time.
/// </summary>
internal static class TextFrame
{
    /// <summary>Room that the largest header takes, in front of the text.</summary>
    public const int MaxHeader = 14;

    private const byte FinalText = 0x81;
    private const byte Masked = 0x80;
    private const int MasksAtOnce = 256;

    [ThreadStatic]
    private static Masks? t_masks;

    /// <summary>Masks the text behind <see cref="MaxHeader"/> free bytes, and writes the header right before it. Gives the frame.</summary>
    public static Memory<byte> Make(Memory<byte> room)
    {
        var text = room.Span[MaxHeader..];
        var start = MaxHeader - HeaderOf(text.Length);
        var header = room.Span[start..MaxHeader];
        header[0] = FinalText;
        switch (header.Length)
        {
            case 6:
                header[1] = (byte)(Masked | text.Length);
                break;
            case 8:
                header[1] = Masked | 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)text.Length);
                break;
            default:
                header[1] = Masked | 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)text.Length);
                break;
        }
        var mask = (t_masks ??= new()).Next();
        MemoryMarshal.Write(header[^4..], mask);
        Apply(mask, text);
        return room[start..];
    }

    private static int HeaderOf(int length) => length < 126 ? 6 : length <= ushort.MaxValue ? 8 : MaxHeader;

    private static void Apply(uint mask, Span<byte> text)
    {
        var twice = mask | ((ulong)mask << 32);
        var words = MemoryMarshal.Cast<byte, ulong>(text);
        foreach (ref var word in words) word ^= twice;
        var rest = text[(words.Length * sizeof(ulong))..];
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
