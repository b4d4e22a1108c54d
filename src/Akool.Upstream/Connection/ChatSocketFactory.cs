using System.Net;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Wire;
using Microsoft.Extensions.Logging;

namespace Akool.Upstream.Connection;

/// <summary>Opens chat rooms whose host is on the allow-list.</summary>
internal sealed class ChatSocketFactory(
    ChatRoomAllowList allowed, AkoolHttp http, SocketWatch watch, TimeProvider time, ILogger<ChatSocketFactory> logger) : IChatSocketFactory
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
            using var limit = new CancellationTokenSource(AkoolHttp.ConnectLimit, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            var (stream, status) = await Handshake.OpenAsync(http.Handshake, url, linked.Token);
            return stream is null ? OfHandshake(status) : Result.Ok<IChatSocket>(new ChatSocket(stream, watch, peer, time));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Not(SessionErrorCode.Canceled, "the caller left");
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            return OfHandshake(0);
        }
    }

    // Undocumented: how AKOOL refuses a room. Read as HTTP means it: what names us or the room will not change by asking again, the rest may.
    private static SessionError OfHandshake(HttpStatusCode status) => (int)status switch
    {
        0 => Not(SessionErrorCode.UpstreamUnavailable, "the chat room cannot be reached"),
        408 or 425 or 429 => Not(SessionErrorCode.UpstreamUnavailable, $"the chat room is busy (HTTP {(int)status})"),
        >= 500 or < 300 => Not(SessionErrorCode.UpstreamUnavailable, $"the chat room did not answer as a websocket (HTTP {(int)status})"),
        < 400 => Not(SessionErrorCode.UpstreamProtocol, "the chat room answered with a redirect, which is not followed"),
        _ => Not(SessionErrorCode.UpstreamRejected, $"the chat room refuses the gateway (HTTP {(int)status})"),
    };

    private static SessionError Not(SessionErrorCode code, string detail) =>
        new(code, detail) { RetryAfter = code == SessionErrorCode.UpstreamUnavailable ? TimeSpan.FromSeconds(1) : null };
}
