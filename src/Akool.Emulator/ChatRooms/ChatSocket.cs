using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Akool.Emulator.Faults;
using Microsoft.AspNetCore.Connections.Features;

namespace Akool.Emulator.ChatRooms;

/// <summary>
/// One client's websocket, from handshake to end. Reads without holding a buffer while nothing comes. <see cref="RunAsync"/> is its one
/// task; the rest is safe from any thread.
/// </summary>
internal sealed class ChatSocket
{
    private const int MaxMessage = 16 << 20; // bytes; AKOOL documents no limit
    private const int MuchWaiting = 256 << 10; // bytes; a client that does not read is not read from
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(1); // for the peer's half of the closing handshake
    private static readonly TimeSpan HalfFrameLead = TimeSpan.FromMilliseconds(20); // so that half a frame is on its way before the reset overtakes it

    private readonly IConnectionLifetimeFeature _connection; // not the HttpContext: that is used again once this socket has ended
    private readonly PipeReader _reader;
    private readonly Outbox _outbox;
    private readonly ArrayBufferWriter<byte> _message = new(); // of a fragmented message, its beginning
    private readonly CancellationTokenSource _cut;
    private volatile bool _deaf;
    private volatile bool _mute;
    private int _closing;

    public ChatSocket(HttpContext context, Stream stream)
    {
        _connection = context.Features.Get<IConnectionLifetimeFeature>()!;
        _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true, leaveOpen: true));
        _outbox = new Outbox(stream, Abort);
        _cut = CancellationTokenSource.CreateLinkedTokenSource(_connection.ConnectionClosed);
    }

    /// <summary>The code of the close frame that came or went; 1006 where there was none.</summary>
    public int CloseCode { get; private set; } = 1006;

    /// <summary>Reads until the socket ends, and gives every whole text message to <paramref name="receive"/>.</summary>
    public async Task RunAsync(Action<ReadOnlyMemory<byte>> receive)
    {
        try
        {
            while (await ReadOnceAsync(receive)) Flush();
            Flush();
            await _outbox.DrainedAsync().WaitAsync(GoodbyeLimit, TimeProvider.System);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or TimeoutException or InvalidOperationException)
        {
            Abort();
        }
        finally
        {
            await _outbox.CompleteAsync();
            await _reader.CompleteAsync();
            _cut.Dispose();
        }
    }

    /// <summary>Takes an answer for the next <see cref="Flush"/>; false: this socket says nothing more.</summary>
    public bool Send(in Answer answer)
    {
        if (_mute || _closing != 0) return false;
        _outbox.Append(answer.IsHalf ? answer.Frame.AsSpan(0, answer.Frame.Length / 2) : answer.Frame);
        if (!answer.IsHalf) return true;
        _mute = _deaf = true;
        CutIn(HalfFrameLead);
        return true;
    }

    public void Flush() => _outbox.Flush();

    /// <summary>
    /// Says goodbye and gives the peer a second to do the same. Code 0: a close frame without a code. A socket that is mute goes in a second
    /// without a word: with much unread in it, nobody would see that its peer has left.
    /// </summary>
    public void Close(int code, string reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0) return;
        if (!_mute)
        {
            CloseCode = code;
            _outbox.Append(code == 0 ? WebSocketFrame.Write(WebSocketFrame.Close, []) : WebSocketFrame.WriteClose(code, reason));
            Flush();
        }
        CutIn(GoodbyeLimit);
    }

    /// <summary>Resets the connection. What has come already is not taken any more.</summary>
    public void Abort()
    {
        _mute = _deaf = true;
        _connection.Abort();
    }

    /// <summary>Does what a socket fault says.</summary>
    public void Meet(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.CloseSocket:
                Close(fault.Code, fault.Reason);
                break;
            case FaultKind.HalfOpen:
                _mute = true;
                StopReading();
                break;
            case FaultKind.StopReading:
                StopReading();
                break;
            case FaultKind.Breach:
                _outbox.Append(Breaches.BytesOf(fault.Breach));
                Flush();
                break;
            default:
                Abort();
                break;
        }
    }

    private void StopReading()
    {
        _deaf = true;
        _reader.CancelPendingRead();
    }

    private void CutIn(TimeSpan time)
    {
        try
        {
            // Once, and never undone: the socket is ending.
            _cut.Token.Register(Abort);
            _cut.CancelAfter(time);
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    private async ValueTask<bool> ReadOnceAsync(Action<ReadOnlyMemory<byte>> receive)
    {
        if (_deaf) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _cut.Token);
        if (_outbox.Waiting > MuchWaiting) await _outbox.DrainedAsync();
        var read = await _reader.ReadAsync();
        var rest = read.Buffer;
        var open = true;
        while (open && !_deaf && WebSocketFrame.ReadHead(rest) is { } head)
        {
            if (head.Length is < 0 or > MaxMessage)
            {
                Close(head.Length < 0 ? 1002 : 1009, "");
                open = false;
                break;
            }
            if (rest.Length < head.HeadLength + head.Length) break;
            var body = rest.Slice(head.HeadLength, head.Length);
            rest = rest.Slice(body.End);
            open = Take(head, body, receive);
        }
        _reader.AdvanceTo(rest.Start, _deaf ? rest.Start : read.Buffer.End);
        return open && (_deaf || !read.IsCompleted);
    }

    private bool Take(in WebSocketFrame head, in ReadOnlySequence<byte> body, Action<ReadOnlyMemory<byte>> receive)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)head.Length);
        try
        {
            var payload = rented.AsMemory(0, (int)head.Length);
            body.CopyTo(payload.Span);
            head.Unmask(payload.Span);
            return Take(head, payload, receive);
        }
        finally { ArrayPool<byte>.Shared.Return(rented); }
    }

    private bool Take(in WebSocketFrame head, ReadOnlyMemory<byte> payload, Action<ReadOnlyMemory<byte>> receive)
    {
        switch (head.Opcode)
        {
            case WebSocketFrame.Close:
                if (_closing == 0) CloseCode = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload.Span) : 1005;
                if (!_mute && Interlocked.Exchange(ref _closing, 1) == 0) _outbox.Append(WebSocketFrame.Write(WebSocketFrame.Close, payload.Span));
                return false;
            case WebSocketFrame.Ping:
                if (!_mute) _outbox.Append(WebSocketFrame.Write(WebSocketFrame.Pong, payload.Span));
                return true;
            case WebSocketFrame.Text or WebSocketFrame.Binary when head.IsFinal:
                if (_closing == 0) receive(payload);
                return true;
            case WebSocketFrame.Text or WebSocketFrame.Binary or WebSocketFrame.Continuation:
                if (_message.WrittenCount + payload.Length > MaxMessage) return false;
                _message.Write(payload.Span);
                if (head.IsFinal && _closing == 0) receive(_message.WrittenMemory);
                if (head.IsFinal) _message.Clear();
                return true;
            default:
                return true;
        }
    }
}
