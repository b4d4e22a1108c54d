using Akool.Sessions.Ports;
using Akool.Upstream.Connection;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Connection;

/// <summary>An open chat socket and its other end.</summary>
internal sealed class Chat(RawRoom room, TestUpstream upstream, RawPeer peer, IChatSocket socket) : IAsyncDisposable
{
    public RawPeer Peer { get; } = peer;

    public IChatSocket Socket { get; } = socket;

    public static async Task<Chat> OpenAsync(KeepAlive? silence = null, TimeProvider? time = null)
    {
        var room = new RawRoom();
        var upstream = new TestUpstream($"http://{room.Authority}", time);
        var socket = await upstream.OpenAsync(room, silence);
        return new(room, upstream, await room.NextAsync(), socket);
    }

    public Task<ReceivedFrame> ReceiveAsync() => Socket.ReceiveAsync().AsTask().WaitAsync(StubAkool.Hang);

    public async Task EndsAsync(TimeSpan? limit = null) =>
        Assert.Equal(ReceivedFrameKind.Closed, (await Socket.ReceiveAsync().AsTask().WaitAsync(limit ?? StubAkool.Hang)).Kind);

    public async ValueTask DisposeAsync()
    {
        await Socket.DisposeAsync();
        Peer.Dispose();
        await upstream.DisposeAsync();
        await room.DisposeAsync();
    }
}
