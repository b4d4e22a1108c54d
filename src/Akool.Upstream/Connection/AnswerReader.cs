using Akool.Upstream.Wire;

namespace Akool.Upstream.Connection;

/// <summary>Reads heads of HTTP/1.1 answers from a connection that speaks something else after them. For one caller at a time.</summary>
internal sealed class AnswerReader(Stream stream)
{
    private const int FirstBuffer = 1024; // an answer to an upgrade is a third of it
    private const int MostBytes = 16 * 1024;

    private byte[] _buffer = new byte[FirstBuffer];
    private int _start; // of what was not taken
    private int _end;

    /// <summary>What came behind the last head.</summary>
    public ReadOnlyMemory<byte> Unread => _buffer.AsMemory(_start.._end);

    /// <summary>The next head. Throws <see cref="IOException"/> where the connection ends, <see cref="InvalidDataException"/> where it is none or too long.</summary>
    public async Task<AnswerHead> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var end = Unread.Span.IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = AnswerHead.Read(Unread.Span[..end]) ?? throw new InvalidDataException("the answer is not HTTP");
                _start += end + 4;
                return head;
            }
            if (_end == MostBytes) throw new InvalidDataException("the answer's head is too long");
            if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (count == 0) throw new EndOfStreamException("the connection ended before the answer did");
            _end += count;
        }
    }
}
