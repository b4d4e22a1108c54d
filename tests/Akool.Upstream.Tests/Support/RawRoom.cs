using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Akool.Sessions;

namespace Akool.Upstream.Tests.Support;

/// <summary>A chat room down to its bytes: takes connections, answers handshakes as it is told (<c>{accept}</c> stands for the right proof), and sends whatever bytes it is given.</summary>
internal sealed class RawRoom : IAsyncDisposable
{
    /// <summary>The handshake that says yes.</summary>
    public const string Accepting = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<RawPeer> _peers = Channel.CreateUnbounded<RawPeer>();
    private readonly Task _accepting;
    private int _connections;

    public RawRoom(string? handshake = null)
    {
        _listener.Start();
        _accepting = AcceptAsync(handshake);
    }

    /// <summary>Where it listens.</summary>
    public string Authority => _listener.LocalEndpoint.ToString()!;

    public ChatRoom Room => new($"ws://{Authority}/final_1/client_1.chat?planted-secret", $"ws://{Authority}/final_1/server_1.chat");

    /// <summary>The next connection, after its handshake.</summary>
    public async Task<RawPeer> NextAsync() => await _peers.Reader.ReadAsync().AsTask().WaitAsync(StubAkool.Hang);

    /// <summary>Whether anybody ever connected; takes no more connections after.</summary>
    public async Task<bool> WasConnectedAsync()
    {
        var isWaiting = _listener.Pending();
        _listener.Stop();
        await _accepting;
        return isWaiting || _connections > 0;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _peers.Writer.Complete();
        await foreach (var peer in _peers.Reader.ReadAllAsync()) peer.Dispose();
    }

    private async Task AcceptAsync(string? handshake)
    {
        try
        {
            while (true)
            {
                var peer = new RawPeer(await _listener.AcceptTcpClientAsync());
                _connections++;
                var key = await peer.ReadHandshakeAsync();
                if (handshake != "nothing") await peer.WriteAsync(Encoding.Latin1.GetBytes((handshake ?? Accepting).Replace("{accept}", AcceptOf(key), StringComparison.Ordinal)));
                if (handshake is not (null or "nothing")) peer.Dispose();
                await _peers.Writer.WriteAsync(peer);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
        {
        }
    }

    private static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1; nothing is kept secret by it
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}

/// <summary>One connection's other end.</summary>
internal sealed class RawPeer(TcpClient client) : IDisposable
{
    private readonly NetworkStream _stream = client.GetStream();

    /// <summary>The request's lines.</summary>
    public string Handshake { get; private set; } = "";

    public async Task<string> ReadHandshakeAsync()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _stream.ReadExactlyAsync(one);
            text.Append((char)one[0]);
        }

        Handshake = text.ToString();
        return Handshake.Split("\r\n").FirstOrDefault(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))?[18..].Trim() ?? "";
    }

    public async Task WriteAsync(byte[] bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(StubAkool.Hang);

    /// <summary>Writes at once, without a task.</summary>
    public void Push(byte[] bytes) => _stream.Write(bytes);

    public Task TextAsync(string text) => FrameAsync(0x81, Encoding.UTF8.GetBytes(text));

    /// <summary>Sends one frame; the first byte is FIN, RSV and opcode.</summary>
    public async Task FrameAsync(byte first, byte[] payload, long? claimedLength = null)
    {
        var length = claimedLength ?? payload.Length;
        var header = length is >= 0 and < 126 ? new[] { first, (byte)length } : new byte[] { first, 127, 0, 0, 0, 0, 0, 0, 0, 0 };
        if (header.Length > 2) BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), length);
        await WriteAsync([.. header, .. payload]);
    }

    /// <summary>The next frame from the gateway: its opcode and its unmasked payload.</summary>
    public async Task<(int Opcode, byte[] Payload)> ReadFrameAsync()
    {
        var head = await ReadAsync(2);
        Assert.Equal(0x80, head[1] & 0x80);
        var length = head[1] & 0x7F;
        if (length == 126) length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2));
        else if (length == 127) length = (int)BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8));
        var mask = await ReadAsync(4);
        var payload = await ReadAsync(length);
        for (var n = 0; n < length; n++) payload[n] ^= mask[n % 4];
        return (head[0] & 0x0F, payload);
    }

    /// <summary>Reads and forgets until the connection ends.</summary>
    public async Task DrainAsync()
    {
        try
        {
            await _stream.CopyToAsync(Stream.Null);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Ends the connection with a TCP reset.</summary>
    public void Reset()
    {
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
    }

    public void Dispose() => client.Dispose();

    private async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(StubAkool.Hang);
        return bytes;
    }
}
