using System.Buffers;

namespace Akool.Emulator.ChatRooms;

/// <summary>
/// The only writer of one socket. What is appended while a write is under way leaves with the next one; nothing is held while nothing
/// waits. At most 32 MiB wait: a peer that lets more gather has its socket cut. Safe from any thread.
/// </summary>
internal sealed class Outbox(Stream stream, Action overflowed)
{
    private const int Limit = 32 << 20;

    private readonly Lock _gate = new(); // guards all below
    private byte[] _pending = [];
    private int _count;
    private bool _writing;
    private bool _closed;
    private TaskCompletionSource? _drained;
    private Task _write = Task.CompletedTask;

    public int Waiting
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>Adds bytes; they leave with the next <see cref="Flush"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_closed) return;
            if (_count + bytes.Length <= Limit)
            {
                Reserve(_count + bytes.Length);
                bytes.CopyTo(_pending.AsSpan(_count));
                _count += bytes.Length;
                return;
            }
            _closed = true;
        }
        overflowed();
    }

    /// <summary>Starts a write of all that waits, unless one is under way, which will take it along.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_writing || _count == 0) return;
            _writing = true;
        }
        _write = WriteAsync();
    }

    /// <summary>Completes when nothing waits and no write is under way.</summary>
    public Task DrainedAsync()
    {
        lock (_gate)
        {
            if (!_writing) return Task.CompletedTask;
            return (_drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Takes nothing more, and completes when the last write has.</summary>
    public async Task CompleteAsync()
    {
        Close();
        await DrainedAsync();
        await _write;
    }

    private void Close()
    {
        lock (_gate) _closed = true;
    }

    private async Task WriteAsync()
    {
        while (Take() is { Count: > 0 } taken)
        {
            try { await stream.WriteAsync(taken); }
            catch (Exception lost) when (lost is IOException or OperationCanceledException or InvalidOperationException)
            {
                Close(); // the reader learns of the loss by itself
            }
            finally { ArrayPool<byte>.Shared.Return(taken.Array!); }
        }
    }

    private ArraySegment<byte> Take()
    {
        lock (_gate)
        {
            var taken = new ArraySegment<byte>(_pending, 0, _count);
            (_pending, _count, _writing) = ([], 0, taken.Count > 0);
            if (_writing) return taken;
            _drained?.TrySetResult();
            _drained = null;
            return taken;
        }
    }

    private void Reserve(int size)
    {
        if (size <= _pending.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, 2 * _pending.Length));
        _pending.AsSpan(0, _count).CopyTo(larger);
        if (_pending.Length > 0) ArrayPool<byte>.Shared.Return(_pending);
        _pending = larger;
    }
}
