using System.Net.WebSockets;
using System.Text;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Tests.Wire;

public sealed class IncomingFramesTests
{
    private const int MostBytes = 100_000;

    // What the runtime's own server writes, cut at every size of the reads, is what was said.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(65_536)]
    public async Task A_servers_messages_come_as_they_were_said_however_the_bytes_are_cut(int atATime)
    {
        var random = new Random(20261122);
        var said = new List<string>();
        using var wire = new MemoryStream();
        using var server = WebSocket.CreateFromStream(wire, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        foreach (var length in new[] { 0, 1, 125, 126, 127, 4090, 4096, 5000, 65_535, 65_536, 99_999, 3 })
        {
            var text = new string([.. Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(26)))]);
            said.Add(text);
            await SayAsync(server, text, fragments: 1 + random.Next(4));
        }

        Assert.Equal(said, Read(wire.ToArray(), atATime));
    }

    [Fact]
    public void A_ping_between_fragments_is_told_before_the_message_is_whole()
    {
        var frames = new IncomingFrames(MostBytes);
        Fill(frames, [0x01, 2, (byte)'a', (byte)'b', 0x89, 1, (byte)'!', 0x80, 1, (byte)'c', 0x8A, 0, 0x88, 2, 0x03, 0xE8]);

        Assert.Equal(
            ["Ping !", "Message abc", "Pong ", "Close 1000"],
            Enumerable.Range(0, 4).Select(_ => Next(frames)));
        Assert.Equal("nothing", Next(frames));
        Assert.True(frames.IsEmpty);
    }

    [Theory]
    [InlineData("a masked frame", false, 0x81, 0x81, 0, 0, 0, 0, 0)]
    [InlineData("a text within a text", false, 0x01, 0, 0x81, 0)]
    [InlineData("a negative length", false, 0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0)]
    [InlineData("a message above the bound", true, 0x82, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xA1)]
    [InlineData("half a character", false, 0x81, 1, 0xC3)]
    [InlineData("a close code that may not be sent", false, 0x88, 2, 0x03, 0xED)]
    public void What_may_not_be_is_said(string what, bool isTooBig, params int[] bytes)
    {
        var frames = new IncomingFrames(MostBytes);
        Fill(frames, [.. bytes.Select(b => (byte)b)]);

        Assert.True(frames.TryNext(out var frame), what);
        Assert.Equal(isTooBig ? IncomingKind.TooBig : IncomingKind.Breach, frame.Kind);
    }

    [Fact]
    public void A_character_may_be_cut_between_two_fragments()
    {
        var frames = new IncomingFrames(MostBytes);
        Fill(frames, [0x01, 1, 0xC3, 0x80, 1, 0xA4]);

        Assert.Equal("Message \u00e4", Next(frames));
    }

    private static async Task SayAsync(WebSocket server, string text, int fragments)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var each = bytes.Length / fragments;
        for (var n = 0; n < fragments; n++)
        {
            var last = n == fragments - 1;
            await server.SendAsync(last ? bytes.AsMemory(n * each) : bytes.AsMemory(n * each, each), WebSocketMessageType.Text, last, CancellationToken.None);
        }
    }

    private static List<string> Read(byte[] bytes, int atATime)
    {
        var frames = new IncomingFrames(MostBytes);
        var read = new List<string>();
        for (var at = 0; at < bytes.Length;)
        {
            var room = frames.Room();
            var count = Math.Min(Math.Min(atATime, room.Length), bytes.Length - at);
            bytes.AsMemory(at, count).CopyTo(room);
            frames.Filled(count);
            at += count;
            while (frames.TryNext(out var frame)) read.Add(Encoding.UTF8.GetString(frame.Payload));
            if (frames.IsEmpty) frames.Release();
        }

        Assert.True(frames.IsEmpty);
        return read;
    }

    private static void Fill(IncomingFrames frames, byte[] bytes)
    {
        bytes.CopyTo(frames.Room());
        frames.Filled(bytes.Length);
    }

    private static string Next(IncomingFrames frames)
    {
        if (!frames.TryNext(out var frame)) return "nothing";
        return $"{frame.Kind} {(frame.Kind == IncomingKind.Close ? $"{frame.CloseCode}" : Encoding.UTF8.GetString(frame.Payload))}";
    }
}
