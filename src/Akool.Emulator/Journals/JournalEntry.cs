namespace Akool.Emulator.Journals;

/// <summary>One thing that happened on the wire.</summary>
/// <param name="Number">Counts the entries, from 1.</param>
/// <param name="At">When, by the emulator's clock.</param>
/// <param name="Kind">What.</param>
/// <param name="Session">AKOOL's <c>_id</c>, where one is known.</param>
/// <param name="Path">A request's path and query.</param>
/// <param name="Code">An answer's HTTP status, or a socket's close code.</param>
/// <param name="Text">A request's body (never getToken's), a frame's text, or a fault's name.</param>
public sealed record JournalEntry(long Number, DateTimeOffset At, JournalKind Kind, string? Session, string? Path, int Code, string Text)
{
    /// <summary>The headers of a request or of an opening handshake, by lower-case names, without <c>authorization</c>; null: it is neither.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>Kinds of journal entries.</summary>
public enum JournalKind
{
    /// <summary>A REST request came in.</summary>
    Requested,

    /// <summary>A REST request was answered.</summary>
    Answered,

    /// <summary>A chat room took a socket.</summary>
    SocketOpened,

    /// <summary>A chat room refused a handshake.</summary>
    SocketRefused,

    /// <summary>A socket has ended.</summary>
    SocketClosed,

    /// <summary>A chat frame came in and is answered.</summary>
    FrameReceived,

    /// <summary>A frame came in that is no chat frame for this room.</summary>
    FrameIgnored,

    /// <summary>A chat frame was given to a socket.</summary>
    FrameSent,

    /// <summary>A scripted fault has fired.</summary>
    FaultFired,
}
