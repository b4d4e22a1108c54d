using Akool.Sessions.Chat;

namespace Akool.Sessions.Ports;

/// <summary>Opens chat rooms at AKOOL. Safe from any thread.</summary>
public interface IChatSocketFactory
{
    /// <summary>
    /// Connects to a room, within the connect limit (5 s). The room's host is held against the allow-list here, when it is connected.
    /// Errors: <see cref="SessionErrorCode.UpstreamUnavailable"/> (worth another try), <see cref="SessionErrorCode.UpstreamRejected"/>
    /// (the room is not there or not ours: not worth one), <see cref="SessionErrorCode.UpstreamProtocol"/> (not a room that may be connected).
    /// No error holds the URL.
    /// </summary>
    Task<Result<IChatSocket>> OpenAsync(ChatRoom room, CancellationToken cancellation);
}

/// <summary>
/// One websocket to a chat room. One <see cref="SendAsync"/> and one <see cref="ReceiveAsync"/> may be under way at a time. Neither takes a
/// token: cancelling one aborts the socket for both, so the only way to stop them is <see cref="Abort"/>.
/// </summary>
public interface IChatSocket : IAsyncDisposable
{
    /// <summary>Sends one part of a turn as one chat frame. False: the socket is lost, and how much of the frame went out is not known.</summary>
    ValueTask<bool> SendAsync(in TurnFrame frame);

    /// <summary>The next frame that could be of interest, or the socket's end. The answer's text is a string of its own; nothing else is kept.</summary>
    ValueTask<ReceivedFrame> ReceiveAsync();

    /// <summary>Why it ended, once <see cref="ReceiveAsync"/> has said <see cref="ReceivedFrameKind.Closed"/>.</summary>
    SocketEnd End { get; }

    /// <summary>Says goodbye (close code 1000) and gives the peer a short while to do the same. Call it when nothing more will be sent.</summary>
    ValueTask CloseAsync();

    /// <summary>Ends both directions at once. Idempotent. Unless a goodbye was said, the end is a loss, of which <paramref name="cause"/> is told.</summary>
    void Abort(Exception? cause = null);
}

/// <summary>One part of a turn, as it goes to AKOOL.</summary>
/// <param name="Id">What AKOOL echoes in its answers.</param>
/// <param name="Text">The part's text.</param>
/// <param name="Settings">Merged settings of the turn.</param>
public readonly record struct TurnFrame(WireTurnId Id, string Text, TurnSettings Settings);

/// <summary>What a received frame is.</summary>
public enum ReceivedFrameKind
{
    /// <summary>The socket has ended; nothing follows.</summary>
    Closed,

    /// <summary>An answer.</summary>
    Answer,

    /// <summary>A frame that is no answer we understand: unknown type, missing id, payload that is not JSON in a string. Counted and ignored.</summary>
    Ignored,
}

/// <summary>One received frame.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="HasId">Whether the frame's <c>message_id</c> has the form of ours; otherwise <paramref name="Id"/> says nothing.</param>
/// <param name="Id">The turn that it answers.</param>
/// <param name="Text">The answer's text; may be empty.</param>
/// <param name="AnswerEnded">The frame carried <c>answer_ended: true</c>.</param>
public readonly record struct ReceivedFrame(ReceivedFrameKind Kind, bool HasId, WireTurnId Id, string Text, bool AnswerEnded);

/// <summary>Why a socket ended.</summary>
/// <param name="CloseCode">The peer's close code (RFC 6455, 7.4), 1006 for a loss without one and where we aborted, 1000 where we said goodbye.</param>
/// <param name="Cause">The exception behind a loss, for the log; null where somebody closed.</param>
public readonly record struct SocketEnd(int CloseCode, Exception? Cause);
