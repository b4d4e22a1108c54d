using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Wire;
using Microsoft.Extensions.Logging;

namespace Akool.Upstream.Connection;

/// <summary>Opens chat rooms whose host is on the allow-list.</summary>
internal sealed class ChatSocketFactory(
    ChatRoomAllowList allowed, RoomDialer dialer, SocketWatch watch, TimeProvider time, ILogger<ChatSocketFactory> logger) : IChatSocketFactory
{
    public async Task<Result<IChatSocket>> OpenAsync(ChatRoom room, CancellationToken cancellation)
    {
        var opened = await TryOpenAsync(room, cancellation);
        if (opened.Error is { } error && logger.IsEnabled(LogLevel.Information)) Log.RoomNotOpened(logger, error.Code, error.Detail);
        return opened;
    }

    private async Task<Result<IChatSocket>> TryOpenAsync(ChatRoom room, CancellationToken cancellation)
    {
        if (allowed.Check(room.ClientUrl) is not { } url) return Not(SessionErrorCode.UpstreamProtocol, "the chat room's URL is not one that may be connected");
        if (ChatFrameCodec.PeerOf(room.ServerUrl) is not { } peer) return Not(SessionErrorCode.UpstreamProtocol, "the chat room's server URL names no peer");

        try
        {
            using var limit = new CancellationTokenSource(RoomDialer.Limit, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            return await OpenAsync(url, peer, linked.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Not(SessionErrorCode.Canceled, "the caller left");
        }
        catch (TunnelException e)
        {
            return Not(SessionErrorCode.UpstreamUnavailable, e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or InvalidDataException or AuthenticationException)
        {
            return OfHandshake(0);
        }
    }

    private async Task<Result<IChatSocket>> OpenAsync(Uri room, JsonEncodedText peer, CancellationToken cancellation)
    {
        var stream = await dialer.DialAsync(room, cancellation);
        var isOpen = false;
        try
        {
            (isOpen, var status, var unread) = await Handshake.OpenAsync(stream, room, cancellation);
            return isOpen ? new ChatSocket(stream, unread.Span, watch, peer, time) : OfHandshake(status);
        }
        finally
        {
            if (!isOpen) await stream.DisposeAsync();
        }
    }

    // Undocumented: how AKOOL refuses a room. Read as HTTP means it: what names us or the room will not change by asking again, the rest may.
    private static SessionError OfHandshake(int status) => status switch
    {
        0 => Not(SessionErrorCode.UpstreamUnavailable, "the chat room cannot be reached"),
        408 or 425 or 429 => Not(SessionErrorCode.UpstreamUnavailable, $"the chat room is busy (HTTP {status})"),
        >= 500 or < 300 => Not(SessionErrorCode.UpstreamUnavailable, $"the chat room did not answer as a websocket (HTTP {status})"),
        < 400 => Not(SessionErrorCode.UpstreamProtocol, "the chat room answered with a redirect, which is not followed"),
        _ => Not(SessionErrorCode.UpstreamRejected, $"the chat room refuses the gateway (HTTP {status})"),
    };

    private static SessionError Not(SessionErrorCode code, string detail) =>
        new(code, detail) { RetryAfter = code == SessionErrorCode.UpstreamUnavailable ? TimeSpan.FromSeconds(1) : null };
}
