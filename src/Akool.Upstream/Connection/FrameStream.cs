using System.Runtime.CompilerServices;

namespace Akool.Upstream.Connection;

/// <summary>
/// A websocket's stream, to which whole frames are written by two: by the <see cref="System.Net.WebSockets.WebSocket"/> on it (pings, pongs, the close)
/// and by <see cref="ChatSocket"/> (texts). It keeps them apart. Reading is for the websocket alone.
/// </summary>
internal sealed class FrameStream(Stream inner) : Stream
{
    private readonly SemaphoreSlim _writing = new(1);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes one frame; the caller's bytes may be used again once this is done.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try { await inner.WriteAsync(buffer, cancellationToken); }
        finally { _writing.Release(); }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask; // every write goes out at once

    public override void Flush() { }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The semaphore stays: a write that is cut still gives it back, and without a wait handle it holds nothing.
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
