using System.Text;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Connection;

/// <summary>Counts the process's allocations, so nothing may run beside it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class ChatSocketCostTests
{
    private const int Frames = 20_000;
#if DEBUG
    private const int Slack = 300; // a debug build's state machines are objects
#else
    private const int Slack = 24;
#endif
    private const int Text = 22 + 150 * 2; // an object's header and length, its terminator, 2 bytes a character
    private const string Answer = """{"type":"chat","from":"server_1","to":"client_1","payload":"{\"message_id\":\"9f03c2aa-17\",\"language\":\"English\",\"question\":\"\",\"answer\":\"#\"}"}""";

    [Theory]
    [InlineData(100, Text)]
    [InlineData(1, Text)]
    public async Task A_received_answer_costs_its_text(int atATime, int bytes)
    {
        await using var room = new RawRoom();
        await using var upstream = new TestUpstream($"http://{room.Authority}");
        await using var socket = await upstream.OpenAsync(room);
        using var peer = await room.NextAsync();
        var frame = FrameOf(Answer.Replace("#", new string('x', 150), StringComparison.Ordinal));
        byte[] burst = [.. Enumerable.Repeat(frame, atATime).SelectMany(bytes => bytes)];

        await ReceiveAsync(socket, peer, burst, atATime);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await ReceiveAsync(socket, peer, burst, atATime);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Frames;

        Assert.InRange(each, bytes, bytes + Slack);
    }

    [Fact]
    public async Task A_sent_turn_costs_nothing()
    {
        await using var room = new RawRoom();
        await using var upstream = new TestUpstream($"http://{room.Authority}");
        await using var socket = await upstream.OpenAsync(room);
        using var peer = await room.NextAsync();
        var draining = peer.DrainAsync();
        var turn = new TurnFrame(new(0x9f03c2aa, 17), new string('x', 150), TurnSettings.Empty);

        await SendAsync(socket, turn);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await SendAsync(socket, turn);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Frames;
        socket.Abort();
        await draining.WaitAsync(StubAkool.Hang);

        Assert.InRange(each, 0, Slack);
    }

    // One at a time the socket waits for each frame, as it does on a quiet line; the others come while it is still reading.
    private static async Task ReceiveAsync(IChatSocket socket, RawPeer peer, byte[] burst, int atATime)
    {
        for (var n = 0; n < Frames; n += atATime)
        {
            var first = socket.ReceiveAsync();
            peer.Push(burst);
            var characters = (await first).Text.Length;
            for (var m = 1; m < atATime; m++) characters += (await socket.ReceiveAsync()).Text.Length;
            if (characters != 150 * atATime) Assert.Fail("an answer was not read");
        }
    }

    private static async Task SendAsync(IChatSocket socket, TurnFrame turn)
    {
        for (var n = 0; n < Frames; n++)
            if (!await socket.SendAsync(turn)) Assert.Fail("the socket was lost");
    }

    private static byte[] FrameOf(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        return [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
    }
}
