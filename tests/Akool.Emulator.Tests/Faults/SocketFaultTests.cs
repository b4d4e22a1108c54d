using System.Net.WebSockets;
using System.Text;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;

namespace Akool.Emulator.Tests.Faults;

public sealed class SocketFaultTests
{
    [Fact]
    public async Task A_dropped_socket_is_reset_with_its_frame_unanswered()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.DropSocket(afterFrames: 2));
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var talk = await room.OpenAsync();

        await talk.SayAsync("fine");
        Assert.Equal("fine", await talk.ReadAnswersAsync(2));
        await talk.SayAsync("lost");
        await Assert.ThrowsAsync<WebSocketException>(talk.ReadTextAsync);

        Assert.Equal(2, akool.Journal.Of(JournalKind.FrameSent).Count);
        Assert.Equal(1006, (await akool.Journal.SocketClosedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken)).Code);
        using var again = await room.OpenAsync();
        await again.SayAsync("back");
        Assert.Equal("back", await again.ReadAnswersAsync(2));
    }

    [Fact]
    public async Task A_drop_is_a_reset_and_meets_an_open_socket_at_once()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var raw = await (await RawRoom.OpenAsync(room)).ShakenAsync();
        await akool.Journal.SocketOpenedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        var other = akool.Script.DropSocket(session: "somebody else");
        var mine = akool.Script.DropSocket(session: room.Id);

        Assert.True((await raw.ReadToEndAsync()).IsReset);
        Assert.Equal((0, 1), (other.Fired, mine.Fired));
    }

    [Theory]
    [InlineData(FaultKind.DropSocket, 1)]
    [InlineData(FaultKind.DropMidFrame, 0)]
    public async Task What_had_come_with_the_frame_that_ends_a_socket_is_not_taken(FaultKind kind, int after)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        akool.Script.Add(new(kind) { After = after });
        var next = akool.Script.Add(new(FaultKind.DropSocket) { After = 2 });
        using var raw = await (await RawRoom.OpenAsync(room)).ShakenAsync();
        var frame = RawRoom.Frame(0x81, Encoding.UTF8.GetBytes($$"""{"type":"chat","to":"{{room.ServerId}}","payload":"{\"message_id\":\"1\",\"question\":\"x\"}"}"""));

        await raw.SendAsync([.. frame, .. frame, .. frame]);
        await raw.ReadToEndAsync();
        await akool.Journal.SocketClosedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        Assert.Single(akool.Journal.Of(JournalKind.FrameReceived));
        Assert.Equal(0, next.Fired);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1008)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(4321)]
    public async Task A_socket_is_closed_with_the_scripted_code(int code)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.CloseSocket(code, afterFrames: 1));
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        await talk.SayAsync("and?");

        Assert.Null(await talk.ReadTextAsync());
        Assert.Equal(code, (int)talk.Socket.CloseStatus!);
    }

    [Fact]
    public async Task A_close_without_a_code_has_no_payload()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.CloseSocket(0));
        using var caller = new Caller(akool);
        using var raw = await (await RawRoom.OpenAsync(await caller.CreateAsync())).ShakenAsync();

        Assert.Equal([0x88, 0x00], await raw.ReadAsync(2));
    }

    [Fact]
    public async Task A_half_open_socket_answers_neither_frames_nor_pings_and_stays_connected()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromMilliseconds(100);
        socket.Options.KeepAliveTimeout = TimeSpan.FromMilliseconds(500);
        await socket.ConnectAsync(new Uri(room.ClientUrl), TestContext.Current.CancellationToken);
        using var talk = new Talk(socket, room.ServerId);
        await talk.SayAsync("alive");
        Assert.Equal("alive", await talk.ReadAnswersAsync(2));

        akool.HoldAnswers();
        await talk.SayAsync("never told");
        await akool.Journal.FrameReceivedAsync(2).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        akool.Script.HalfOpen();
        akool.ReleaseAnswers();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(talk.ReadTextAsync); // the client's own keep-alive gives up; a reset would be a WebSocketException
        Assert.Equal(2, akool.Journal.Of(JournalKind.FrameSent).Count);
    }

    [Fact]
    public async Task A_half_open_socket_is_held_until_the_peer_leaves()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.HalfOpen());
        using var caller = new Caller(akool);
        var raw = await (await RawRoom.OpenAsync(await caller.CreateAsync())).ShakenAsync();
        var closed = akool.Journal.SocketClosedAsync();

        await raw.SendFrameAsync(0x89, "ping"u8.ToArray());
        await raw.SendFrameAsync(0x88, []);
        var (read, ended) = (raw.ReadAsync(1), closed.IsCompleted);
        raw.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => read);
        await closed.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        Assert.False(ended);
    }

    [Fact]
    public async Task A_half_open_socket_ends_with_its_session_however_much_waits_in_it()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.HalfOpen());
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var raw = await (await RawRoom.OpenAsync(room)).ShakenAsync();
        await akool.Journal.FaultFiredAsync(FaultKind.HalfOpen).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        var much = raw.SendAsync(new byte[64 << 20]);

        akool.EndSession(room.Id);

        await akool.Journal.SocketClosedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<IOException>(() => much);
    }

    [Fact]
    public async Task A_socket_that_stops_reading_still_speaks()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();
        akool.HoldAnswers();
        await talk.SayAsync("heard");
        await akool.Journal.FrameReceivedAsync().WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        akool.Script.StopReading();
        await talk.SayAsync("not heard");
        akool.ReleaseAnswers();

        Assert.Equal("heard", await talk.ReadAnswersAsync(2));
        Assert.Single(akool.Journal.Of(JournalKind.FrameReceived));
    }

    [Fact]
    public async Task A_client_that_sends_to_a_deaf_socket_is_stopped_by_TCP()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.StopReading());
        using var caller = new Caller(akool);
        var raw = await (await RawRoom.OpenAsync(await caller.CreateAsync())).ShakenAsync();
        var much = raw.SendAsync(new byte[64 << 20]);

        akool.DropAllSockets();

        await Assert.ThrowsAnyAsync<IOException>(() => much); // had it been read, all would have been sent, or answered with 1002
        Assert.Empty(akool.Journal.Of(JournalKind.FrameIgnored));
        raw.Dispose();
    }

    [Theory]
    [InlineData(Breach.ReservedBit, "C1-02-7B-7D")]
    [InlineData(Breach.ReservedOpcode, "83-02-7B-7D")]
    [InlineData(Breach.FragmentedPing, "09-04-68-61-6C-66")]
    [InlineData(Breach.LongPing, "89-7E-00-7E-00")]
    [InlineData(Breach.OrphanContinuation, "80-02-7B-7D")]
    [InlineData(Breach.InterleavedText, "01-01-7B-81-02-7B-7D")]
    [InlineData(Breach.BadUtf8, "81-08-22-C3-28-FF-ED-A0-80-22")]
    [InlineData(Breach.Masked, "81-82-01-02-03-04-7A-7F")]
    [InlineData(Breach.NegativeLength, "81-7F-FF-FF-FF-FF-FF-FF-FF-FF")]
    [InlineData(Breach.ShortClose, "88-01-03")]
    [InlineData(Breach.ReservedCloseCode, "88-02-03-ED")]
    [InlineData(Breach.Oversize, "81-7F-00-00-00-00-01-00-00-1C")]
    [InlineData(Breach.Binary, "82-02-7B-7D")]
    public async Task A_breach_is_on_the_wire_as_it_says(Breach breach, string bytes)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Break(breach));
        using var caller = new Caller(akool);
        using var raw = await (await RawRoom.OpenAsync(await caller.CreateAsync())).ShakenAsync();

        Assert.Equal(bytes, BitConverter.ToString(await raw.ReadAsync(bytes.Split('-').Length)));
    }

    [Fact]
    public async Task An_oversized_message_is_whole_and_the_room_goes_on()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.Break(Breach.Oversize));
        using var caller = new Caller(akool);
        using var talk = await (await caller.CreateAsync()).OpenAsync();

        Assert.Equal(16 << 20, (await talk.ReadTextAsync())!.Count(c => c == 'x'));
        await talk.SayAsync("after it");
        Assert.Equal("after it", await talk.ReadAnswersAsync(2));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_handshake_is_refused_with_the_scripted_status(int status)
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.RefuseHandshake(status));
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();

        using var raw = await (await RawRoom.OpenAsync(room)).ShakenAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", raw.Head, StringComparison.Ordinal);
        Assert.Equal(status, akool.Journal.Of(JournalKind.SocketRefused, room.Id)[0].Code);
        using var second = await room.OpenAsync();
    }

    [Fact]
    public async Task A_handshake_may_be_garbage_a_wrong_key_or_a_reset()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();

        akool.Script.RefuseHandshake(BadHandshake.Garbage);
        using var garbage = await RawRoom.OpenAsync(room);
        Assert.StartsWith("\u0001\u0002 this is no HTTP", Encoding.ASCII.GetString((await garbage.ReadToEndAsync()).Bytes), StringComparison.Ordinal);

        akool.Script.RefuseHandshake(BadHandshake.Reset);
        using var reset = await RawRoom.OpenAsync(room);
        var end = await reset.ReadToEndAsync();
        Assert.True(end.IsReset);
        Assert.Empty(end.Bytes);

        akool.Script.RefuseHandshake(BadHandshake.WrongAccept);
        using var socket = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri(room.ClientUrl), TestContext.Current.CancellationToken).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_handshake_may_get_nothing_until_the_client_leaves()
    {
        await using var akool = await AkoolEmulator.StartAsync(script => script.RefuseHandshake(BadHandshake.Nothing));
        using var caller = new Caller(akool);
        var room = await caller.CreateAsync();
        using var patience = new CancellationTokenSource();
        using var socket = new ClientWebSocket();

        var connecting = socket.ConnectAsync(new Uri(room.ClientUrl), patience.Token);
        await akool.Journal.FaultFiredAsync(FaultKind.RefuseHandshake).WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);
        var connected = connecting.IsCompleted;
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => connecting.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken));
        Assert.False(connected);
    }

    [Fact]
    public async Task The_handshake_is_that_of_the_RFC_and_protocol_errors_are_refused()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        using var caller = new Caller(akool);
        using var raw = await (await RawRoom.OpenAsync(await caller.CreateAsync())).ShakenAsync();

        await raw.SendFrameAsync(0x89, "ping"u8.ToArray());
        var pong = await raw.ReadAsync(6);
        await raw.SendAsync([0x81, 0x02, (byte)'{', (byte)'}']); // not masked

        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", raw.Head, StringComparison.Ordinal);
        Assert.Equal([0x8a, 4, .. "ping"u8], pong);
        Assert.Equal([0x88, 2, 3, 0xea], await raw.ReadAsync(4));
    }
}
