using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Akool.Emulator.Control;

namespace Akool.Emulator.Journals;

/// <summary>
/// Appends entries to a file as JSON lines. When the disk is slower than the wire, the newest entries are dropped and counted; when it takes
/// nothing, those that it did not take.
/// </summary>
internal sealed class JournalFile : IAsyncDisposable
{
    private const int BatchBytes = 64 * 1024; // written at once

    private readonly Channel<JournalEntry> _waiting;
    private readonly FileStream _file;
    private readonly Task _writing;
    private long _dropped;

    public JournalFile(string path)
    {
        _waiting = Channel.CreateBounded<JournalEntry>(new BoundedChannelOptions(100_000) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        // Without a buffer of its own, which would keep what could not be written and fail again with it.
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
        _writing = WriteAsync();
    }

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Post(JournalEntry entry)
    {
        if (!_waiting.Writer.TryWrite(entry)) Interlocked.Increment(ref _dropped);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        try { await _writing; }
        finally { await _file.DisposeAsync(); }
    }

    private async Task WriteAsync()
    {
        var batch = new ArrayBufferWriter<byte>(BatchBytes);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.ResetWrittenCount();
            var entries = 0;
            for (; batch.WrittenCount < BatchBytes && _waiting.Reader.TryRead(out var entry); entries++)
            {
                batch.Write(JsonSerializer.SerializeToUtf8Bytes(entry, ControlJson.Options));
                batch.Write("\n"u8);
            }
            try { await _file.WriteAsync(batch.WrittenMemory); }
            catch (IOException) { Interlocked.Add(ref _dropped, entries); }
        }
    }
}
