namespace Akool.Emulator.Faults;

/// <summary>What a scripted fault does.</summary>
public enum FaultKind
{
    /// <summary>REST: an HTTP status with a text body, and <c>Retry-After</c> where it is set.</summary>
    HttpStatus,

    /// <summary>REST: a business code, at HTTP 200 or the status that is set.</summary>
    BusinessCode,

    /// <summary>REST: no answer, ever; the connection stays.</summary>
    NeverAnswer,

    /// <summary>REST: the right answer, late; the call takes effect at once.</summary>
    AnswerLate,

    /// <summary>REST: 200 with a body that is none.</summary>
    BadBody,

    /// <summary>REST: sent elsewhere.</summary>
    Redirect,

    /// <summary>REST: the connection is reset instead of an answer.</summary>
    ResetRequest,

    /// <summary>Handshake: the chat room does not open.</summary>
    RefuseHandshake,

    /// <summary>Socket: reset.</summary>
    DropSocket,

    /// <summary>Socket: closed with a code.</summary>
    CloseSocket,

    /// <summary>Socket: from now on it reads nothing and writes nothing, pongs included; the connection stays until the room has done with it.</summary>
    HalfOpen,

    /// <summary>Socket: from now on it reads nothing; what it has to say it says.</summary>
    StopReading,

    /// <summary>Socket: breaks a rule of the websocket protocol.</summary>
    Breach,

    /// <summary>Answer: half of the frame, then a reset.</summary>
    DropMidFrame,

    /// <summary>Answer: the frame turns into very many, numbered from 1 in <c>answer</c>, at a rate.</summary>
    Flood,

    /// <summary>Answer: comes twice.</summary>
    Duplicate,

    /// <summary>Answer: comes after the next one of its chat frame, or before the one ahead of it where it is the last.</summary>
    Reorder,

    /// <summary>Answer: the JSON is cut in two.</summary>
    Corrupt,

    /// <summary>Answer: its type is not <c>chat</c>.</summary>
    UnknownType,

    /// <summary>Answer: has no <c>message_id</c>.</summary>
    MissingId,

    /// <summary>Answer: has a <c>message_id</c> that nobody sent.</summary>
    ForeignId,

    /// <summary>Answer: its payload is an object, not a string.</summary>
    PayloadObject,

    /// <summary>Answer: goes to another session's socket.</summary>
    SwapSessions,

    /// <summary>Answer: does not come.</summary>
    LoseAnswer,

    /// <summary>Answer: it and those after it of its chat frame come that much later.</summary>
    Stall,
}

/// <summary>Bodies that are no answer.</summary>
public enum BadBody
{
    Html,
    TruncatedJson,
    Null,
    EmptyArray,
    Empty,

    /// <summary>50 MiB of one string.</summary>
    Huge,

    /// <summary>10 000 levels of arrays.</summary>
    Deep,
    WrongTypes,

    /// <summary>The right answer, its code a string.</summary>
    CodeAsString,

    /// <summary>Escapes of surrogates without a partner in every text.</summary>
    LoneSurrogates,

    /// <summary>An object without a code.</summary>
    NoCode,
}

/// <summary>Ways to refuse a handshake.</summary>
public enum BadHandshake
{
    /// <summary>An HTTP status.</summary>
    Status,

    /// <summary>Bytes that are no HTTP.</summary>
    Garbage,

    /// <summary>101 with a wrong <c>Sec-WebSocket-Accept</c>.</summary>
    WrongAccept,

    /// <summary>No answer, ever; the connection stays.</summary>
    Nothing,

    /// <summary>The connection is reset.</summary>
    Reset,
}

/// <summary>Rules of the websocket protocol (RFC 6455) that can be broken.</summary>
public enum Breach
{
    /// <summary>A text frame with RSV1 set, though no extension was agreed on.</summary>
    ReservedBit,

    /// <summary>A frame with opcode 3.</summary>
    ReservedOpcode,

    /// <summary>A ping without FIN.</summary>
    FragmentedPing,

    /// <summary>A ping with 126 bytes.</summary>
    LongPing,

    /// <summary>A continuation of nothing.</summary>
    OrphanContinuation,

    /// <summary>A text frame in the middle of a fragmented message.</summary>
    InterleavedText,

    /// <summary>A text message whose bytes are no UTF-8.</summary>
    BadUtf8,

    /// <summary>A masked frame from a server.</summary>
    Masked,

    /// <summary>A length with its highest bit set.</summary>
    NegativeLength,

    /// <summary>A close frame with one byte.</summary>
    ShortClose,

    /// <summary>A close frame with code 1005, which must not be sent.</summary>
    ReservedCloseCode,

    /// <summary>A text message of 16 MiB, otherwise in order.</summary>
    Oversize,

    /// <summary>A binary message: no breach of the websocket, but nothing that AKOOL sends.</summary>
    Binary,
}
