using System.Buffers;
using System.Runtime.InteropServices;

namespace Akool.Upstream.Wire;

/// <summary>
/// What one outgoing frame is written in, used again by the frames after it. Rented, because a buffer kept by each of thousands of idle sockets would cost
/// more than renting one. Used by one frame at a time.
/// </summary>
internal sealed class FrameBuffer
{
    // A frame above this is rare; keeping its buffer for good would not be.
    private const int KeepBelow = 64 * 1024;

    [ThreadStatic]
    private static FrameBuffer? t_spare;

    private FrameBuffer()
    {
    }

    /// <summary>The frame, behind <see cref="OutgoingFrame.MaxHeader"/> free bytes.</summary>
    public ArrayBufferWriter<byte> Frame { get; } = new(1024);

    /// <summary>What was written; valid until <see cref="Return"/>.</summary>
    public Memory<byte> FrameBytes => MemoryMarshal.AsMemory(Frame.WrittenMemory);

    /// <summary>An empty buffer. Safe from any thread.</summary>
    public static FrameBuffer Rent()
    {
        var spare = t_spare ?? new FrameBuffer();
        t_spare = null;
        spare.Frame.Advance(OutgoingFrame.MaxHeader);
        return spare;
    }

    /// <summary>Gives it back, to the thread it is called on.</summary>
    public void Return()
    {
        if (Frame.Capacity > KeepBelow) return;
        Frame.ResetWrittenCount();
        t_spare = this;
    }
}
