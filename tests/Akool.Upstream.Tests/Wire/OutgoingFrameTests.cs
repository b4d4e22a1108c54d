using System.Net.WebSockets;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Tests.Wire;

public sealed class OutgoingFrameTests
{
    // Around each size at which the header grows, and around the words in which the mask is laid on.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(300)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(200_003)]
    public async Task A_server_reads_the_text_that_was_framed(int length)
    {
        var text = new byte[length];
        for (var i = 0; i < length; i++) text[i] = (byte)('a' + i % 26);
        var room = new byte[OutgoingFrame.MaxHeader + length];
        text.CopyTo(room, OutgoingFrame.MaxHeader);

        using var wire = new MemoryStream(OutgoingFrame.Make(FrameOpcode.Text, room).ToArray());
        using var server = WebSocket.CreateFromStream(wire, new WebSocketCreationOptions { IsServer = true });
        var read = new byte[length + 1];
        var (got, end) = (0, false);
        while (!end)
        {
            var part = await server.ReceiveAsync(read.AsMemory(got), CancellationToken.None);
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            (got, end) = (got + part.Count, part.EndOfMessage);
        }

        Assert.Equal(text, read[..got]);
        Assert.Equal(wire.Length, wire.Position);
    }

    [Fact]
    public void No_two_frames_share_a_mask()
    {
        var masks = new HashSet<uint>();
        for (var i = 0; i < 1000; i++) masks.Add(BitConverter.ToUInt32(OutgoingFrame.Make(FrameOpcode.Text, new byte[OutgoingFrame.MaxHeader + 4]).Span[^4..])); // zeros show the mask

        Assert.InRange(masks.Count, 999, 1000); // two of a thousand meet once in nine thousand runs
    }
}
