using Akool.Sessions.Ports;
using Akool.Upstream.Connection;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Upstream.Tests.Connection;

public sealed class SocketWatchTests
{
    private static readonly TimeSpan UntilAsked = KeepAlive.Default.PingAfter + 2 * KeepAlive.Default.CheckEvery;
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_peer_that_answers_nothing_any_more_is_noticed_within_25_seconds()
    {
        await using var chat = await Chat.OpenAsync(time: _time);
        var ended = chat.EndsAsync();

        Pass(UntilAsked);
        Assert.Equal(9, (await chat.Peer.ReadFrameAsync()).Opcode); // and says nothing
        Pass(TimeSpan.FromSeconds(25) - UntilAsked);

        await ended;
        Assert.Equal(1006, chat.Socket.End.CloseCode);
    }

    [Fact]
    public async Task A_process_that_stood_still_reads_before_it_judges()
    {
        await using var chat = await Chat.OpenAsync(time: _time);
        Pass(UntilAsked);
        Assert.Equal(9, (await chat.Peer.ReadFrameAsync()).Opcode);

        _time.Advance(TimeSpan.FromMinutes(1)); // without one look in between
        await chat.Peer.TextAsync("{}");

        Assert.Equal(ReceivedFrameKind.Ignored, (await chat.ReceiveAsync()).Kind);
    }

    [Fact]
    public async Task A_process_that_stood_still_judges_at_its_next_look()
    {
        await using var chat = await Chat.OpenAsync(time: _time);
        var ended = chat.EndsAsync();
        Pass(UntilAsked);
        Assert.Equal(9, (await chat.Peer.ReadFrameAsync()).Opcode);

        _time.Advance(TimeSpan.FromMinutes(1));
        Pass(KeepAlive.Default.CheckEvery);

        await ended;
    }

    // From look to look, as it passes for a process that runs.
    private void Pass(TimeSpan time)
    {
        for (; time > TimeSpan.Zero; time -= KeepAlive.Default.CheckEvery) _time.Advance(KeepAlive.Default.CheckEvery);
    }
}
