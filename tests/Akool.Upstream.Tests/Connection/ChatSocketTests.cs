using System.Text;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Connection;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Connection;

public sealed class ChatSocketTests
{
    private const string Answer = """{"type":"chat","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"Hi\"}"}""";
    private static readonly TurnFrame Turn = new(new(0x9f03c2aa, 17), "Hello", TurnSettings.Empty);

    [Fact]
    public async Task A_turn_goes_out_as_one_text_frame_and_its_answer_comes_back()
    {
        await using var chat = await Chat.OpenAsync();

        Assert.True(await chat.Socket.SendAsync(Turn));
        var (opcode, payload) = await chat.Peer.ReadFrameAsync();
        await chat.Peer.TextAsync(Answer);

        Assert.Equal(1, opcode);
        Assert.StartsWith("""{"type":"chat","to":"server_1","payload":""", Encoding.UTF8.GetString(payload), StringComparison.Ordinal);
        Assert.Equal(new ReceivedFrame(ReceivedFrameKind.Answer, true, Turn.Id, "Hi", false), await chat.ReceiveAsync());
    }

    [Fact]
    public async Task The_handshake_tells_nothing_of_us()
    {
        using var activity = new System.Diagnostics.Activity("test").AddBaggage("planted", "secret").Start();
        await using var chat = await Chat.OpenAsync();

        foreach (var header in new[] { "baggage", "traceparent", "correlation-context", "cookie", "authorization", "sec-websocket-extensions" })
            Assert.DoesNotContain(header + ":", chat.Peer.Handshake, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Frames_come_in_order_whatever_their_size_and_however_they_are_cut()
    {
        await using var chat = await Chat.OpenAsync();
        int[] sizes = [0, 1, 100, 4000, 4096, 5000, 70_000, 900_000];
        var sending = Task.Run(async () =>
        {
            foreach (var size in sizes)
            {
                var bytes = Encoding.UTF8.GetBytes(Answer.Replace("Hi", new string('x', size), StringComparison.Ordinal));
                await chat.Peer.FrameAsync(0x01, bytes[..1]);
                await chat.Peer.FrameAsync(0x00, []);
                await chat.Peer.FrameAsync(0x89, [1, 2, 3]); // a ping in between
                await chat.Peer.FrameAsync(0x80, bytes[1..]);
            }
        });

        foreach (var size in sizes) Assert.Equal(size, (await chat.ReceiveAsync()).Text.Length);
        await sending.WaitAsync(StubAkool.Hang);
    }

    [Fact]
    public async Task What_comes_with_the_handshake_is_not_lost()
    {
        await using var room = new RawRoom($"{RawRoom.Accepting}\x81{(char)Answer.Length}{Answer}\x88\x02\x03\xE9");
        await using var upstream = new TestUpstream($"http://{room.Authority}");
        await using var socket = await upstream.OpenAsync(room);

        var answer = await socket.ReceiveAsync().AsTask().WaitAsync(StubAkool.Hang);
        var end = await socket.ReceiveAsync().AsTask().WaitAsync(StubAkool.Hang);

        Assert.Equal((ReceivedFrameKind.Answer, ReceivedFrameKind.Closed, 1001), (answer.Kind, end.Kind, socket.End.CloseCode));
    }

    [Fact]
    public async Task An_empty_message_is_ignored()
    {
        await using var chat = await Chat.OpenAsync();

        await chat.Peer.FrameAsync(0x81, []);
        await chat.Peer.TextAsync(Answer);

        Assert.Equal(ReceivedFrameKind.Ignored, (await chat.ReceiveAsync()).Kind);
        Assert.Equal(ReceivedFrameKind.Answer, (await chat.ReceiveAsync()).Kind);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1008)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(4001)]
    public async Task The_peers_close_code_is_told_and_said_back(int code)
    {
        await using var chat = await Chat.OpenAsync();

        await chat.Peer.FrameAsync(0x88, [(byte)(code >> 8), (byte)code]);

        await chat.EndsAsync();
        Assert.Equal(code, chat.Socket.End.CloseCode);
        Assert.Null(chat.Socket.End.Cause);
        Assert.False(await chat.Socket.SendAsync(Turn));
        var (opcode, payload) = await chat.Peer.ReadFrameAsync();
        Assert.Equal((8, code), (opcode, (payload[0] << 8) + payload[1]));
    }

    [Fact]
    public async Task A_ping_is_answered_with_what_it_said()
    {
        await using var chat = await Chat.OpenAsync();
        var receiving = chat.ReceiveAsync();

        await chat.Peer.FrameAsync(0x89, [1, 2, 3]);
        var (opcode, payload) = await chat.Peer.ReadFrameAsync();

        Assert.Equal((10, false), (opcode, receiving.IsCompleted));
        Assert.Equal([1, 2, 3], payload);
    }

    [Fact]
    public async Task A_breach_is_told_to_the_peer()
    {
        await using var chat = await Chat.OpenAsync();

        await chat.Peer.FrameAsync(0xC1, "{}"u8.ToArray());
        await chat.EndsAsync();

        var (opcode, payload) = await chat.Peer.ReadFrameAsync();
        Assert.Equal((8, 1002), (opcode, (payload[0] << 8) + payload[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_is_lost_in_the_middle_of_a_frame_ends_at_once(bool reset)
    {
        await using var chat = await Chat.OpenAsync();
        await chat.Peer.FrameAsync(0x81, Encoding.UTF8.GetBytes(Answer)[..20], claimedLength: 500);

        if (reset) chat.Peer.Reset();
        else chat.Peer.Dispose();

        await chat.EndsAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(1006, chat.Socket.End.CloseCode);
        Assert.NotNull(chat.Socket.End.Cause);
    }

    public static TheoryData<string, byte, byte[], long?> Breaches => new()
    {
        { "RSV bits", 0xC1, "{}"u8.ToArray(), null },
        { "unknown opcode", 0x83, "{}"u8.ToArray(), null },
        { "unknown control opcode", 0x8B, [], null },
        { "continuation of nothing", 0x80, "{}"u8.ToArray(), null },
        { "fragmented ping", 0x09, [], null },
        { "ping over 125 bytes", 0x89, new byte[200], null },
        { "bad UTF-8", 0x81, [0xFF, 0xFE], null },
        { "close of one byte", 0x88, [3], null },
        { "close code that may not be sent", 0x88, [0x03, 0xEE], null },
        { "negative length", 0x81, [], long.MinValue },
        { "16 MB", 0x81, new byte[2 * 1024 * 1024], 16 * 1024 * 1024 },
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task A_breach_of_the_protocol_ends_the_connection(string what, byte first, byte[] payload, long? claimedLength)
    {
        await using var chat = await Chat.OpenAsync();

        var sending = chat.Peer.FrameAsync(first, payload, claimedLength);
        await chat.EndsAsync();

        Assert.True(chat.Socket.End.CloseCode is 1006 or 1009, $"{what}: {chat.Socket.End}");
        Assert.Equal(what == "16 MB", chat.Socket.End.CloseCode == 1009);
        Assert.False(await chat.Socket.SendAsync(Turn), what);
        await sending.ContinueWith(_ => { }, TaskScheduler.Default); // the peer may find the connection gone
    }

    [Fact]
    public async Task A_frame_of_many_fragments_is_bounded_too()
    {
        await using var chat = await Chat.OpenAsync();
        var sending = Task.Run(async () =>
        {
            await chat.Peer.FrameAsync(0x01, "{"u8.ToArray());
            for (var n = 0; n < 64; n++) await chat.Peer.FrameAsync(0x00, Enumerable.Repeat((byte)' ', 64 * 1024).ToArray());
        });

        await chat.EndsAsync();

        Assert.Equal(1009, chat.Socket.End.CloseCode);
        await sending.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_goodbye_is_said_and_answered()
    {
        await using var chat = await Chat.OpenAsync();
        var receiving = chat.ReceiveAsync();

        var closing = chat.Socket.CloseAsync().AsTask();
        var (opcode, payload) = await chat.Peer.ReadFrameAsync();
        await chat.Peer.FrameAsync(0x88, payload);

        Assert.Equal((8, 1000), (opcode, (payload[0] << 8) + payload[1]));
        await closing.WaitAsync(StubAkool.Hang);
        Assert.Equal(ReceivedFrameKind.Closed, (await receiving).Kind);
        Assert.Equal(new SocketEnd(1000, null), chat.Socket.End);
    }

    [Fact]
    public async Task A_goodbye_that_is_not_answered_is_cut_short()
    {
        await using var chat = await Chat.OpenAsync();
        var receiving = chat.ReceiveAsync();

        await chat.Socket.CloseAsync().AsTask().WaitAsync(StubAkool.Hang);

        Assert.Equal(ReceivedFrameKind.Closed, (await receiving).Kind);
        Assert.Equal(new SocketEnd(1000, null), chat.Socket.End);
    }

    [Fact]
    public async Task Abort_ends_both_directions_however_often_it_is_called()
    {
        await using var chat = await Chat.OpenAsync();
        var receiving = chat.ReceiveAsync();

        var cause = new InvalidOperationException("a bug");
        chat.Socket.Abort(cause);
        chat.Socket.Abort();

        Assert.Equal(ReceivedFrameKind.Closed, (await receiving).Kind);
        Assert.Equal(new SocketEnd(1006, cause), chat.Socket.End);
        Assert.False(await chat.Socket.SendAsync(Turn));
        await chat.Socket.DisposeAsync();
        chat.Socket.Abort();
        await chat.Socket.CloseAsync();
        Assert.Equal(ReceivedFrameKind.Closed, (await chat.ReceiveAsync()).Kind);
    }

    [Fact]
    public async Task A_peer_that_stops_reading_holds_the_sender_up_and_abort_frees_it()
    {
        await using var chat = await Chat.OpenAsync();
        var turn = Turn with { Text = new string('x', 200_000) };

        Task<bool> sending;
        var sent = 0;
        do
        {
            sending = chat.Socket.SendAsync(turn).AsTask();
            Assert.True(++sent < 500, "the kernel's buffers have an end");
        }
        while (sending.IsCompleted && await sending);
        chat.Socket.Abort();

        Assert.False(await sending.WaitAsync(StubAkool.Hang));
    }

    [Fact]
    public async Task A_peer_that_only_answers_pings_is_alive()
    {
        // However busy the machine, it answers in time; without its answer it would be asked no second time.
        await using var chat = await Chat.OpenAsync(new KeepAlive(TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(1)));
        var receiving = chat.ReceiveAsync();

        for (var n = 0; n < 5; n++)
        {
            var (opcode, payload) = await chat.Peer.ReadFrameAsync();
            Assert.Equal(9, opcode);
            await chat.Peer.FrameAsync(0x8A, payload);
        }

        Assert.False(receiving.IsCompleted);
    }
}
