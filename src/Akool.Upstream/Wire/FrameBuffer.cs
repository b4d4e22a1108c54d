using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Akool.Upstream.Wire;

/// <summary>
/// What one outgoing frame is written in: two buffers and their JSON writers, used again by the frames after it. Rented, because a buffer kept by
/// each of thousands of idle sockets would cost more than renting one. Used by one frame at a time.
/// </summary>
internal sealed class FrameBuffer
{
    // A frame above this is rare; keeping its buffer for good would not be.
    private const int KeepBelow = 64 * 1024;

    // As JSON.stringify writes: the official client sends text unescaped, and an escaped character costs up to 12 bytes inside a payload.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static FrameBuffer? t_spare;

    private readonly ArrayBufferWriter<byte> _frame = new(1024);
    private readonly ArrayBufferWriter<byte> _payload = new(1024);

    private FrameBuffer()
    {
        Frame = new Utf8JsonWriter(_frame, Plain);
        Payload = new Utf8JsonWriter(_payload, Plain);
    }

    /// <summary>Writes the frame.</summary>
    public Utf8JsonWriter Frame { get; }

    /// <summary>Writes the JSON that becomes the frame's payload string.</summary>
    public Utf8JsonWriter Payload { get; }

    /// <summary>The frame's text behind <see cref="OutgoingFrame.MaxHeader"/> free bytes, once its writer is flushed; valid until <see cref="Return"/>.</summary>
    public Memory<byte> FrameBytes => MemoryMarshal.AsMemory(_frame.WrittenMemory);

    /// <summary>The payload's bytes, once its writer is flushed.</summary>
    public ReadOnlySpan<byte> PayloadBytes => _payload.WrittenSpan;

    /// <summary>An empty buffer. Safe from any thread.</summary>
    public static FrameBuffer Rent()
    {
        var spare = t_spare ?? new FrameBuffer();
        t_spare = null;
        spare._frame.Advance(OutgoingFrame.MaxHeader);
        return spare;
    }

    /// <summary>Gives it back, to the thread it is called on.</summary>
    public void Return()
    {
        if (_frame.Capacity > KeepBelow || _payload.Capacity > KeepBelow) return;
        _frame.ResetWrittenCount();
        _payload.ResetWrittenCount();
        Frame.Reset();
        Payload.Reset();
        t_spare = this;
    }
}
