using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Akool.Upstream.Connection;

/// <summary>Writes whole frames to a websocket's stream, one after the other: texts, pings, pongs and the close come from different callers.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A write that is cut still gives the semaphore back; without a wait handle it holds nothing.")]
internal sealed class FrameWriter(Stream stream)
{
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>Writes one frame; the caller's bytes may be used again once this is done. The token ends the wait for those before it, never a write.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation = default)
    {
        await _writing.WaitAsync(cancellation);
        try { await stream.WriteAsync(frame, CancellationToken.None); }
        finally { _writing.Release(); }
    }
}
