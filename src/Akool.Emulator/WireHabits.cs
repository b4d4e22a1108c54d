namespace Akool.Emulator;

/// <summary>
/// What the documentation of the wire leaves open, each with the documented example's way as default. A client that works with every
/// value here works with an AKOOL that somebody else has written.
/// </summary>
public sealed record WireHabits
{
    /// <summary>The form of the chat-room URLs. Default as in the example of create.</summary>
    public RoomUrlShape RoomUrls { get; init; }

    /// <summary>Scheme, host and port of the chat-room URLs, for example <c>wss://elsewhere.example:8443</c>. Default null: where the request came in.</summary>
    public Uri? RoomBaseUrl { get; init; }

    /// <summary>The form of session ids. Default 24 hex digits that begin with the time.</summary>
    public IdShape Ids { get; init; }

    /// <summary>The HTTP status of an answer whose code is not 1000. Default 200.</summary>
    public ErrorStatus ErrorStatus { get; init; }

    /// <summary>Whether <c>code</c> is a string, not a number. Default no.</summary>
    public bool CodeAsString { get; init; }

    /// <summary>What session/list has in <c>data</c>. Default <c>{count, result}</c>.</summary>
    public ListShape List { get; init; }

    /// <summary>Whether the fields of every JSON object that REST answers come in the reverse order. Default no.</summary>
    public bool ReverseFields { get; init; }

    /// <summary>Whether every JSON object that REST answers has fields that no document names. Default no.</summary>
    public bool ExtraFields { get; init; }

    /// <summary>Whether close and pause answer with a <c>data</c> object. Default no.</summary>
    public bool DataOnClose { get; init; }

    /// <summary>The code of a close of a session that has ended: 1219 (default), 1216, 1011, or 1000.</summary>
    public int SecondCloseCode { get; init; } = 1219;

    /// <summary>Whether the chat room takes sockets while the session is queueing. Default yes; else the handshake is answered 403.</summary>
    public bool RoomOpenWhileQueueing { get; init; } = true;

    /// <summary>What a second socket on one URL does. Default: the newest wins and the older one is closed with 1000.</summary>
    public SecondSocket SecondSocket { get; init; }

    /// <summary>Whether the last answer to a chat frame carries <c>answer_ended: true</c>. Default no: protocol A has no such mark.</summary>
    public bool AnswerEnded { get; init; }
}

/// <summary>Forms of the chat-room URLs.</summary>
public enum RoomUrlShape
{
    /// <summary><c>/final_{stream_name}/client_{N}.chat</c>, as in the example of create.</summary>
    Example,

    /// <summary><c>/final_open_live/client_{N}.chat</c>, as in the documentation's note.</summary>
    OpenLive,

    /// <summary><c>/final_{stream_name}/client_{stream_name}.chat</c>, as in the documentation's sample code.</summary>
    StreamTwice,

    /// <summary>As the example, with a query that the handshake must bring back: <c>...chat?sign={id}</c>.</summary>
    WithQuery,

    /// <summary><c>/rooms/{id}/client_{N}</c>: no suffix, another folder.</summary>
    NoSuffix,
}

/// <summary>Forms of session ids.</summary>
public enum IdShape
{
    /// <summary>24 hex digits, the first 8 the time in seconds.</summary>
    ObjectId,

    /// <summary>A UUID with dashes.</summary>
    Uuid,

    /// <summary>A decimal number, as a string.</summary>
    Digits,
}

/// <summary>The HTTP status that goes with a business error.</summary>
public enum ErrorStatus
{
    /// <summary>200, whatever the code.</summary>
    Ok,

    /// <summary>The status that says the same: 400, 401, 403, 404, 409, 429, 500.</summary>
    Matching,

    /// <summary>400, whatever the code.</summary>
    BadRequest,

    /// <summary>500, whatever the code.</summary>
    ServerError,
}

/// <summary>What session/list has in <c>data</c>.</summary>
public enum ListShape
{
    /// <summary><c>{count, result: []}</c>.</summary>
    Result,

    /// <summary><c>{count, data: []}</c>.</summary>
    Data,

    /// <summary>The array itself.</summary>
    BareArray,
}

/// <summary>What a second socket on one chat-room URL does.</summary>
public enum SecondSocket
{
    /// <summary>It takes the room; the older one is closed with 1000.</summary>
    NewestWins,

    /// <summary>Both stay; every answer goes to both.</summary>
    Both,

    /// <summary>Its handshake is answered 409.</summary>
    Refused,
}
