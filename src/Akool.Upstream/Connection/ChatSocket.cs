using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Akool.Sessions.Ports;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Connection;

/// <summary>
/// One open websocket to a chat room (RFC 6455). While nothing comes it holds no buffer and no timer of its own. It frames for itself, because a turn and
/// an idle session are what this service is measured by: the runtime's WebSocket draws each frame's mask from the operating system's library, keeps a
/// timer a socket, and reads each message in three pieces.
/// </summary>
internal sealed class ChatSocket : IChatSocket
{
    // A text of the largest turn, written with the most escapes that JSON knows, stays well below it.
    private const int MostBytes = 1024 * 1024;

    // RFC 6455, 7.4.1.
    private const int Normal = 1000;
    private const int BrokenProtocol = 1002;
    private const int Lost = 1006;
    private const int MessageTooBig = 1009;

    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly Stream _stream;
    private readonly FrameWriter _writer;
    private readonly IncomingFrames _frames = new(MostBytes);
    private readonly SocketWatch _watch;
    private readonly JsonEncodedText _peer;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _answering = Task.CompletedTask; // of pongs, for the receiver alone
    private volatile bool _isOpen = true;
    private volatile bool _saidGoodbye;
    private volatile Exception? _abortedFor;
    private volatile bool _heard = true;
    private Task _asking = Task.CompletedTask; // of pings; this and the two below for the watch alone
    private long _quietSince;
    private long? _pingedAt;

    /// <summary>Takes over a connection behind its handshake, with what has already come of its frames.</summary>
    public ChatSocket(Stream stream, ReadOnlySpan<byte> unread, SocketWatch watch, JsonEncodedText peer, TimeProvider time)
    {
        (_stream, _writer, _watch, _peer, _time) = (stream, new(stream), watch, peer, time);
        _frames.Put(unread);
        watch.Add(this);
    }

    public SocketEnd End { get; private set; }

    public ValueTask<bool> SendAsync(in TurnFrame frame)
    {
        var buffer = FrameBuffer.Rent();
        ChatFrameCodec.Write(buffer, frame, _peer);
        return SendAsync(buffer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SendAsync(FrameBuffer buffer)
    {
        if (!_isOpen) return false; // nothing may follow a close
        try
        {
            await _writer.WriteAsync(OutgoingFrame.Make(FrameOpcode.Text, buffer.FrameBytes));
            buffer.Return();
            return true;
        }
        catch (Exception e) when (IsLoss(e))
        {
            Abort(); // so that the receiver, too, learns of it at once
            return false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedFrame> ReceiveAsync()
    {
        try
        {
            while (true)
            {
                if (TryTake(out var received)) return received;
                if (_frames.IsEmpty)
                {
                    _frames.Release();
                    _ = await _stream.ReadAsync(Memory<byte>.Empty); // waits: an idle session costs no buffer
                }
                var count = await _stream.ReadAsync(_frames.Room());
                if (count == 0) throw new EndOfStreamException("the chat room's connection ended without a close");
                _frames.Filled(count);
                _heard = true;
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            return Ended(_saidGoodbye ? new(Normal, null) : new(Lost, _abortedFor ?? e));
        }
    }

    public async ValueTask CloseAsync()
    {
        _saidGoodbye = true;
        try
        {
            using var limit = new CancellationTokenSource(Goodbye, _time);
            if (_isOpen)
            {
                _isOpen = false;
                await _writer.WriteAsync(CloseFrame(Normal), limit.Token).AsTask().WaitAsync(limit.Token);
            }
            await _ended.Task.WaitAsync(limit.Token);
        }
        catch (Exception e) when (IsLoss(e))
        {
            Abort();
        }
    }

    public void Abort(Exception? cause = null)
    {
        _abortedFor ??= cause;
        _isOpen = false;
        _watch.Remove(this);
        _stream.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }

    /// <summary>Asks a peer that says nothing whether it is there, and gives it up when it does not answer. For the watch, one call at a time.</summary>
    public void CheckSilence(KeepAlive silence, long now)
    {
        if (_heard)
        {
            (_heard, _quietSince, _pingedAt) = (false, now, null);
        }
        else if (_pingedAt is not { } pingedAt)
        {
            if (_time.GetElapsedTime(_quietSince, now) < silence.PingAfter) return;
            _pingedAt = now; // a ping that cannot be written is as good as one that is not answered
            if (_asking.IsCompleted) _asking = SayAsync(OutgoingFrame.Make(FrameOpcode.Ping, new byte[OutgoingFrame.MaxHeader]));
        }
        else if (_time.GetElapsedTime(pingedAt, now) >= silence.PongWithin)
        {
            Abort(new TimeoutException($"the chat room answered no ping for {silence.PongWithin.TotalSeconds} s"));
        }
    }

    // Takes what is there until a message is among it, or the end.
    private bool TryTake(out ReceivedFrame received)
    {
        received = default;
        while (_frames.TryNext(out var frame))
        {
            switch (frame.Kind)
            {
                case IncomingKind.Message:
                    received = ChatFrameReader.Read(frame.Payload);
                    return true;
                case IncomingKind.Ping:
                    // One at a time is answered, as the standard allows: a peer that asks and does not read must not fill the memory.
                    if (_answering.IsCompleted) _answering = SayAsync(OutgoingFrame.Make(FrameOpcode.Pong, WithRoom(frame.Payload)));
                    break;
                case IncomingKind.Pong:
                    break;
                case IncomingKind.Close:
                    received = Closed(frame.CloseCode);
                    return true;
                default:
                    received = Broken(frame.Kind == IncomingKind.TooBig ? MessageTooBig : BrokenProtocol);
                    return true;
            }
        }
        return false;
    }

    // Writes what nobody waits for; it ends at the latest when the stream is disposed.
    private async Task SayAsync(Memory<byte> frame)
    {
        try { await _writer.WriteAsync(frame); }
        catch (Exception e) when (IsLoss(e)) { Abort(); }
    }

    private ReceivedFrame Closed(int code)
    {
        if (_isOpen) _ = SayAsync(CloseFrame(code));
        return Ended(new(_saidGoodbye ? Normal : code, null));
    }

    private ReceivedFrame Broken(int code)
    {
        if (_isOpen) _ = SayAsync(CloseFrame(code));
        var end = code == MessageTooBig ? new SocketEnd(code, null) : new(Lost, new InvalidDataException("the chat room broke the websocket protocol"));
        Abort();
        return Ended(end);
    }

    private ReceivedFrame Ended(SocketEnd end)
    {
        End = end;
        _isOpen = false;
        _watch.Remove(this);
        _frames.Release();
        _ended.TrySetResult();
        return new(ReceivedFrameKind.Closed, false, default, "", false);
    }

    private static Memory<byte> CloseFrame(int code)
    {
        var room = new byte[OutgoingFrame.MaxHeader + sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(room.AsSpan(OutgoingFrame.MaxHeader), (ushort)code);
        return OutgoingFrame.Make(FrameOpcode.Close, room);
    }

    private static byte[] WithRoom(ReadOnlySpan<byte> payload)
    {
        var room = new byte[OutgoingFrame.MaxHeader + payload.Length];
        payload.CopyTo(room.AsSpan(OutgoingFrame.MaxHeader));
        return room;
    }

    private static bool IsLoss(Exception e) => e is OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException;
}
