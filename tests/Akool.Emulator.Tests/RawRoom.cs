using System.Net.Sockets;
using System.Text;

namespace Akool.Emulator.Tests;

/// <summary>A chat-room client that sees bytes, not messages.</summary>
internal sealed class RawRoom : IDisposable
{
    private readonly TcpClient _tcp = new();

    public string Head { get; private set; } = "";

    public static async Task<RawRoom> OpenAsync(Room room)
    {
        var raw = new RawRoom();
        var url = new Uri(room.ClientUrl);
        await raw._tcp.ConnectAsync(url.Host, url.Port).WaitAsync(TestLimits.Hang);
        await raw.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        return raw;
    }

    /// <summary>Reads the handshake's answer.</summary>
    public async Task<RawRoom> ShakenAsync()
    {
        while (!Head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) Head += Encoding.ASCII.GetString(await ReadAsync(1));
        return this;
    }

    public async Task SendAsync(byte[] bytes) => await _tcp.GetStream().WriteAsync(bytes).AsTask().WaitAsync(TestLimits.Hang);

    public Task SendFrameAsync(byte first, byte[] payload) => SendAsync(Frame(first, payload));

    /// <summary>A masked frame with all flags and lengths as given.</summary>
    public static byte[] Frame(byte first, byte[] payload)
    {
        byte[] mask = [1, 2, 3, 4];
        return [first, .. payload.Length < 126 ? new[] { (byte)(0x80 | payload.Length) } : [0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length], .. mask, .. payload.Select((b, i) => (byte)(b ^ mask[i % 4]))];
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _tcp.GetStream().ReadExactlyAsync(bytes).AsTask().WaitAsync(TestLimits.Hang);
        return bytes;
    }

    /// <summary>Reads until the peer ends the connection; says whether it was a reset.</summary>
    public async Task<(byte[] Bytes, bool IsReset)> ReadToEndAsync()
    {
        var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await _tcp.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TestLimits.Hang)) > 0) await all.WriteAsync(buffer.AsMemory(0, read));
            return (all.ToArray(), false);
        }
        catch (IOException)
        {
            return (all.ToArray(), true);
        }
    }

    public void Dispose() => _tcp.Dispose();
}
