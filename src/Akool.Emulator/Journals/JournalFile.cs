using System.Text.Json;
using System.Threading.Channels;
using Akool.Emulator.Control;

namespace Akool.Emulator.Journals;

/// <summary>Appends entries to a file as JSON lines. When the disk is slower than the wire, the newest entries are dropped and counted.</summary>
internal sealed class JournalFile : IAsyncDisposable
{
    private readonly Channel<JournalEntry> _waiting;
    private readonly FileStream _file;
    private readonly Task _writing;
    private long _dropped;

    public JournalFile(string path)
    {
        _waiting = Channel.CreateBounded<JournalEntry>(new BoundedChannelOptions(100_000) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024, useAsync: true);
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
        await _writing;
        await _file.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var reader = _waiting.Reader;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var entry))
            {
                await _file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(entry, ControlJson.Options));
                await _file.WriteAsync("\n"u8.ToArray());
            }
            await _file.FlushAsync();
        }
    }
}
