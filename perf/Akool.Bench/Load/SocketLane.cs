using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Akool.Bench.Roles;

namespace Akool.Bench.Load;

/// <summary>A websocket that echoes the frames a gateway sends.</summary>
internal sealed class SocketLane(ClientWebSocket socket) : ILane
{
    private static readonly string Placeholder = new('#', 16);
    private readonly byte[] _receive = new byte[AkoolFrames.LargestFrame];
    private byte[] _frame = [];
    private string? _text;
    private int _tagAt;

    public static async Task<SocketLane> ConnectAsync(Uri address, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        await socket.ConnectAsync(address, cancellation);
        return new(socket);
    }

    public Task SendAsync(long tag, string text)
    {
        if (!ReferenceEquals(text, _text))
        {
            (_frame, _text) = (AkoolFrames.Question(Placeholder, text), text);
            _tagAt = _frame.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Placeholder));
        }

        tag.TryFormat(_frame.AsSpan(_tagAt), out _, "x16", CultureInfo.InvariantCulture);
        return socket.SendAsync(_frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).AsTask();
    }

    public async ValueTask<long> ReadAsync()
    {
        var received = await socket.ReceiveAsync(_receive.AsMemory(), CancellationToken.None);
        if (received.MessageType == WebSocketMessageType.Close) throw new EndOfStreamException("the socket closed");
        return long.Parse(_receive.AsSpan(_tagAt, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    public void Abandon() => socket.Abort();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
