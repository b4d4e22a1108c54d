using System.Net;
using System.Net.Sockets;
using Akool.Sessions;
using Akool.Upstream.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Upstream.Tests.Connection;

public sealed class ChatSocketFactoryTests
{
    [Theory]
    [InlineData("HTTP/1.1 401 Unauthorized", SessionErrorCode.UpstreamRejected)]
    [InlineData("HTTP/1.1 403 Forbidden", SessionErrorCode.UpstreamRejected)]
    [InlineData("HTTP/1.1 404 Not Found", SessionErrorCode.UpstreamRejected)]
    [InlineData("HTTP/1.1 410 Gone", SessionErrorCode.UpstreamRejected)]
    [InlineData("HTTP/1.1 429 Too Many Requests", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 500 Internal Server Error", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 503 Service Unavailable", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 200 OK", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/planted-elsewhere", SessionErrorCode.UpstreamProtocol)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: planted", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: permessage-deflate", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: planted", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Accept: {accept}", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("SSH-2.0-planted", SessionErrorCode.UpstreamUnavailable)]
    [InlineData("", SessionErrorCode.UpstreamUnavailable)]
    public async Task A_refused_handshake_says_whether_another_try_is_worth_it(string answer, SessionErrorCode expected)
    {
        await using var room = new RawRoom(answer.Length == 0 ? "" : answer + "\r\nContent-Length: 0\r\nX-Planted: planted\r\n\r\n");
        await using var upstream = new TestUpstream($"http://{room.Authority}");

        var error = (await upstream.Sockets.OpenAsync(room.Room, default).WaitAsync(StubAkool.Hang)).Error!;

        Assert.Equal(expected, error.Code);
        Assert.Equal(expected == SessionErrorCode.UpstreamUnavailable, error.RetryAfter is not null);
        Assert.DoesNotContain("planted", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(room.Authority, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_that_is_never_answered_ends_after_five_seconds()
    {
        var time = new FakeTimeProvider();
        await using var room = new RawRoom("nothing");
        await using var upstream = new TestUpstream($"http://{room.Authority}", time);

        var opening = upstream.Sockets.OpenAsync(room.Room, default);
        using var peer = await room.NextAsync();
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(opening.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(SessionErrorCode.UpstreamUnavailable, (await opening.WaitAsync(StubAkool.Hang)).Error!.Code);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_told_so()
    {
        using var caller = new CancellationTokenSource();
        await using var room = new RawRoom("nothing");
        await using var upstream = new TestUpstream($"http://{room.Authority}");

        var opening = upstream.Sockets.OpenAsync(room.Room, caller.Token);
        using var peer = await room.NextAsync();
        await caller.CancelAsync();

        Assert.Equal(SessionErrorCode.Canceled, (await opening.WaitAsync(StubAkool.Hang)).Error!.Code);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_unavailable()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var authority = unused.LocalEndpoint.ToString();
        unused.Stop();
        await using var upstream = new TestUpstream($"http://{authority}");

        var opened = await upstream.Sockets.OpenAsync(new($"ws://{authority}/c", $"ws://{authority}/s"), default).WaitAsync(StubAkool.Hang);

        Assert.Equal(SessionErrorCode.UpstreamUnavailable, opened.Error!.Code);
    }

    [Theory]
    [InlineData("https://openapi.akool.com", "ws://{0}/client_1.chat")]
    [InlineData("http://{0}", "ws://planted@{0}/client_1.chat")]
    [InlineData("http://{0}", "http://{0}/client_1.chat")]
    [InlineData("http://{0}", "")]
    public async Task A_room_that_may_not_be_connected_gets_not_one_byte(string baseUrl, string url)
    {
        await using var room = new RawRoom();
        await using var upstream = new TestUpstream(string.Format(null, baseUrl, room.Authority));

        var opened = await upstream.Sockets.OpenAsync(room.Room with { ClientUrl = string.Format(null, url, room.Authority) }, default).WaitAsync(StubAkool.Hang);

        Assert.Equal(SessionErrorCode.UpstreamProtocol, opened.Error!.Code);
        Assert.DoesNotContain("planted", opened.Error.ToString(), StringComparison.Ordinal);
        Assert.False(await room.WasConnectedAsync());
    }

    [Fact]
    public async Task A_room_without_a_peer_is_not_connected()
    {
        await using var room = new RawRoom();
        await using var upstream = new TestUpstream($"http://{room.Authority}");

        var opened = await upstream.Sockets.OpenAsync(room.Room with { ServerUrl = "" }, default);

        Assert.Equal(SessionErrorCode.UpstreamProtocol, opened.Error!.Code);
        Assert.False(await room.WasConnectedAsync());
    }
}
