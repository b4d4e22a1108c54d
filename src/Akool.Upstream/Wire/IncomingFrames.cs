using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace Akool.Upstream.Wire;

/// <summary>What came of a server's websocket frames.</summary>
internal enum IncomingKind
{
    /// <summary>A whole message, of one frame or of many.</summary>
    Message,
    Ping,
    Pong,
    Close,

    /// <summary>Not what the standard allows; nothing after it can be read.</summary>
    Breach,

    /// <summary>A message above the bound; nothing after it can be read.</summary>
    TooBig,
}

/// <summary>One message or control frame. Its payload may be changed, and is valid until the next call.</summary>
internal readonly ref struct IncomingFrame(IncomingKind kind, Span<byte> payload)
{
    private const int NormalClosure = 1000;

    public IncomingKind Kind { get; } = kind;

    public Span<byte> Payload { get; } = payload;

    /// <summary>Why the peer closes; one that says nothing closes normally.</summary>
    public int CloseCode => Payload.Length < 2 ? NormalClosure : BinaryPrimitives.ReadUInt16BigEndian(Payload);
}

/// <summary>
/// Cuts the bytes of a server into messages (RFC 6455, 5). Pure but for the buffer, which is rented while something half-read is in it. Ask for
/// <see cref="Room"/>, say how much was <see cref="Filled"/>, and take what is whole with <see cref="TryNext"/>, until that says no. For one thread at a time.
/// </summary>
internal sealed class IncomingFrames(int mostBytes)
{
    private const int FirstBuffer = 4096;
    private const int MostOfControl = 125; // RFC 6455, 5.5
    private const byte Final = 0x80;
    private const byte Reserved = 0x70;
    private const byte OpcodeBits = 0x0F;
    private const byte Masked = 0x80;

    private byte[]? _buffer;
    private int _start; // of the bytes that were not taken
    private int _end;
    private int _message; // bytes of the fragments so far, at the buffer's beginning
    private FrameOpcode _openedBy; // the message whose last fragment has not come; Continuation: none is open

    /// <summary>Whether nothing is half-read, so that no buffer is needed until something comes.</summary>
    public bool IsEmpty => _start == _end && _openedBy == FrameOpcode.Continuation;

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Room()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(FirstBuffer);
        if (_end == _buffer.Length) MakeRoom();
        return _buffer.AsMemory(_end);
    }

    /// <summary>So many bytes were put into <see cref="Room"/>.</summary>
    public void Filled(int count) => _end += count;

    /// <summary>Takes in bytes that were read elsewhere.</summary>
    public void Put(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = Room().Span;
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Filled(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Gives the buffer back. Only where <see cref="IsEmpty"/>, or where nothing will be read any more.</summary>
    public void Release()
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (null, 0, 0);
    }

    /// <summary>The next message or control frame that is there as a whole.</summary>
    public bool TryNext(out IncomingFrame frame)
    {
        while (TryCut(out var opcode, out var isFinal, out frame))
        {
            if (frame.Kind != IncomingKind.Message || (isFinal && _openedBy == FrameOpcode.Continuation))
            {
                frame = Checked(opcode, frame);
                return true;
            }
            // What came before it in the buffer is longer by its header at least.
            frame.Payload.CopyTo(_buffer.AsSpan(_message));
            _message += frame.Payload.Length;
            if (opcode != FrameOpcode.Continuation) _openedBy = opcode;
            if (!isFinal) continue;
            frame = Checked(_openedBy, new(IncomingKind.Message, _buffer.AsSpan(0, _message)));
            (_message, _openedBy) = (0, FrameOpcode.Continuation);
            return true;
        }
        return false;
    }

    private bool TryCut(out FrameOpcode opcode, out bool isFinal, out IncomingFrame frame)
    {
        var unread = _buffer.AsSpan(_start, _end - _start);
        (opcode, isFinal) = (FrameOpcode.Continuation, false);
        frame = default;
        if (unread.Length < 2) return false;
        (opcode, isFinal) = ((FrameOpcode)(unread[0] & OpcodeBits), (unread[0] & Final) != 0);
        if (!MayFollow(opcode, isFinal, unread[0], unread[1]))
        {
            frame = new(IncomingKind.Breach, default);
            return true;
        }
        if (!TryLength(unread, out var header, out var length)) return false;
        if (length < 0 || (opcode < FrameOpcode.Close && length > mostBytes - _message))
        {
            frame = new(length < 0 ? IncomingKind.Breach : IncomingKind.TooBig, default);
            return true;
        }
        if (unread.Length < header + length) return false;
        frame = new(KindOf(opcode), unread.Slice(header, (int)length));
        _start += header + (int)length;
        return true;
    }

    private bool MayFollow(FrameOpcode opcode, bool isFinal, byte first, byte second)
    {
        if ((first & Reserved) != 0 || (second & Masked) != 0) return false; // no extension was offered, and a server masks nothing
        return opcode switch
        {
            FrameOpcode.Continuation => _openedBy != FrameOpcode.Continuation,
            FrameOpcode.Text or FrameOpcode.Binary => _openedBy == FrameOpcode.Continuation,
            FrameOpcode.Close or FrameOpcode.Ping or FrameOpcode.Pong => isFinal && second <= MostOfControl,
            _ => false,
        };
    }

    private static bool TryLength(ReadOnlySpan<byte> unread, out int header, out long length)
    {
        length = unread[1];
        header = length switch { 126 => 4, 127 => 10, _ => 2 };
        if (unread.Length < header) return false;
        if (header == 4) length = BinaryPrimitives.ReadUInt16BigEndian(unread[2..]);
        else if (header == 10) length = BinaryPrimitives.ReadInt64BigEndian(unread[2..]);
        return true;
    }

    // What only a whole frame shows.
    private static IncomingFrame Checked(FrameOpcode opcode, IncomingFrame frame)
    {
        var allowed = opcode switch
        {
            FrameOpcode.Text => Utf8.IsValid(frame.Payload),
            FrameOpcode.Close => frame.Payload.Length != 1 && MayBeSent(frame.CloseCode),
            _ => true,
        };
        return allowed ? frame : new(IncomingKind.Breach, default);
    }

    // RFC 6455, 7.4.
    private static bool MayBeSent(int code) => code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;

    private static IncomingKind KindOf(FrameOpcode opcode) => opcode switch
    {
        FrameOpcode.Close => IncomingKind.Close,
        FrameOpcode.Ping => IncomingKind.Ping,
        FrameOpcode.Pong => IncomingKind.Pong,
        _ => IncomingKind.Message,
    };

    // Twice the buffer where what is in it takes more than half.
    private void MakeRoom()
    {
        var unread = _end - _start;
        var buffer = _buffer!;
        if (_message + unread > buffer.Length / 2)
        {
            buffer = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            _buffer.AsSpan(0, _message).CopyTo(buffer);
        }
        _buffer.AsSpan(_start, unread).CopyTo(buffer.AsSpan(_message));
        (_start, _end) = (_message, _message + unread);
        if (ReferenceEquals(buffer, _buffer)) return;
        ArrayPool<byte>.Shared.Return(_buffer!);
        _buffer = buffer;
    }
}
