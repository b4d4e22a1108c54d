using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Akool.Sessions.Ports;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Connection;

/// <summary>One open websocket to a chat room. While nothing comes it holds no buffer of its own.</summary>
internal sealed class ChatSocket : IChatSocket
{
    // A text of the largest turn, written with the most escapes that JSON knows, stays well below it.
    private const int MostBytes = 1024 * 1024;
    private const int FirstBuffer = 4096;
    private const int MessageTooBig = 1009; // RFC 6455, 7.4.1
    private const int Lost = 1006;
    private const int Normal = 1000;
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly FrameStream _stream;
    private readonly WebSocket _socket;
    private readonly JsonEncodedText _peer;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _saidGoodbye;
    private volatile Exception? _abortedFor;
    private int _disposed;

    public ChatSocket(Stream stream, KeepAlive silence, JsonEncodedText peer, TimeProvider time)
    {
        (_stream, _peer, _time) = (new(stream), peer, time);
        _socket = WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions { KeepAliveInterval = silence.PingAfter, KeepAliveTimeout = silence.PongWithin });
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
        if (_socket.State != WebSocketState.Open) return false; // nothing may follow a close
        try
        {
            await _stream.WriteAsync(TextFrame.Make(buffer.FrameBytes), CancellationToken.None);
            buffer.Return();
            return true;
        }
        catch (Exception e) when (IsLoss(e))
        {
            _socket.Abort(); // so that the receiver, too, learns of it at once
            return false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedFrame> ReceiveAsync()
    {
        byte[]? buffer = null;
        try
        {
            // Waits without a buffer: an idle session costs none.
            var part = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            var length = 0;
            while (!part.EndOfMessage)
            {
                if (length == MostBytes) return TooBig();
                buffer = WithRoom(buffer, length);
                part = await _socket.ReceiveAsync(buffer.AsMemory(length, Math.Min(buffer.Length, MostBytes) - length), CancellationToken.None);
                length += part.Count;
            }

            return part.MessageType == WebSocketMessageType.Close ? Closed() : ChatFrameReader.Read(buffer.AsSpan(0, length));
        }
        catch (Exception e) when (IsLoss(e))
        {
            return Ended(_saidGoodbye ? new(Normal, null) : new(Lost, _abortedFor ?? e));
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async ValueTask CloseAsync()
    {
        _saidGoodbye = true;
        try
        {
            using var limit = new CancellationTokenSource(Goodbye, _time);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            await _ended.Task.WaitAsync(limit.Token);
        }
        catch (Exception e) when (IsLoss(e))
        {
            _socket.Abort();
        }
    }

    public void Abort(Exception? cause = null)
    {
        _abortedFor ??= cause;
        _socket.Abort();
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return ValueTask.CompletedTask;
        Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] WithRoom(byte[]? buffer, int length)
    {
        if (buffer is null) return ArrayPool<byte>.Shared.Rent(FirstBuffer);
        if (length < buffer.Length) return buffer;
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private ReceivedFrame Closed() => Ended(new(_saidGoodbye ? Normal : (int?)_socket.CloseStatus ?? Lost, null));

    private ReceivedFrame TooBig()
    {
        _socket.Abort();
        return Ended(new(MessageTooBig, null));
    }

    private ReceivedFrame Ended(SocketEnd end)
    {
        End = end;
        _ended.TrySetResult();
        return new(ReceivedFrameKind.Closed, false, default, "", false);
    }

    private static bool IsLoss(Exception e) =>
        e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException;
}
