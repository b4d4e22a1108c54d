using System.Buffers;
using System.Buffers.Binary;

namespace Akool.Emulator.ChatRooms;

/// <summary>
/// Frames of RFC 6455 to bytes and back, for the server's side. Written by hand because the faults need bytes that no library writes.
/// </summary>
internal readonly record struct WebSocketFrame(byte Opcode, bool IsFinal, int HeadLength, long Length, uint Mask)
{
    public const byte Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;
    public const int MaxHead = 14;

    /// <summary>
    /// Reads a frame's head; null while too little has come. One that is not masked, or has a reserved bit, has a <see cref="Length"/> of -1.
    /// </summary>
    public static WebSocketFrame? ReadHead(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> head = stackalloc byte[MaxHead];
        var seen = (int)Math.Min(buffer.Length, MaxHead);
        if (seen < 2) return null;
        buffer.Slice(0, seen).CopyTo(head);

        if (head[1] < 0x80 || (head[0] & 0x70) != 0) return new(0, false, 2, -1, 0);
        var (length, at) = (head[1] & 0x7f) switch { 126 => (-1L, 4), 127 => (-1L, 10), var small => (small, 2) };
        if (seen < at + 4) return null;
        if (at == 4) length = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        else if (at == 10) length = (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(head[2..]), long.MaxValue);
        var mask = BitConverter.ToUInt32(head[at..]);
        return new((byte)(head[0] & 0x0f), head[0] >= 0x80, at + 4, length, mask);
    }

    /// <summary>Takes the mask off a whole payload, in place.</summary>
    public void Unmask(Span<byte> payload)
    {
        var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(payload);
        for (var i = 0; i < words.Length; i++) words[i] ^= Mask;
        for (var i = words.Length * 4; i < payload.Length; i++) payload[i] ^= (byte)(Mask >> (8 * (i % 4)));
    }

    /// <summary>The bytes of the head of an unmasked frame of this length.</summary>
    public static int HeadSize(int length) => length < 126 ? 2 : length <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes an unmasked frame's head; <paramref name="first"/> is its first byte (FIN, RSV, opcode).</summary>
    public static void WriteHead(Span<byte> to, byte first, int length)
    {
        to[0] = first;
        switch (HeadSize(length))
        {
            case 2:
                to[1] = (byte)length;
                break;
            case 4:
                to[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)length);
                break;
            default:
                to[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(to[2..], (ulong)length);
                break;
        }
    }

    /// <summary>A whole unmasked frame.</summary>
    public static byte[] Write(byte opcode, ReadOnlySpan<byte> payload, byte flags = 0x80)
    {
        var head = HeadSize(payload.Length);
        var frame = new byte[head + payload.Length];
        WriteHead(frame, (byte)(flags | opcode), payload.Length);
        payload.CopyTo(frame.AsSpan(head));
        return frame;
    }

    /// <summary>A close frame.</summary>
    public static byte[] WriteClose(int code, string reason)
    {
        var payload = new byte[2 + System.Text.Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        System.Text.Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return Write(Close, payload);
    }
}
