using System.Text;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Faults;

/// <summary>
/// One scripted fault: what, where, when and how often. As JSON it has the same names in camel case, for example
/// <c>{"kind":"httpStatus","operation":"createSession","status":503,"count":2}</c>.
/// </summary>
/// <param name="Kind">What happens.</param>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>REST faults: the call that it meets. Default null: every call.</summary>
    public RestOperation? Operation { get; init; }

    /// <summary>Websocket faults: the session that it meets, by AKOOL's <c>_id</c>. Default null: every session.</summary>
    public string? Session { get; init; }

    /// <summary>How often it happens before it is over; 0: for ever. Default 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The chance that it happens where it could, 0 to 1, by the script's seeded dice. Default 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>
    /// What must go well first, each time. Socket faults: the chat frames that have come since the fault was scripted, the last of them not
    /// answered; 0: at once, or when a socket opens. Others: calls, handshakes or answers that are let through. Without a
    /// <see cref="Session"/> those of all sessions count together. Default 0.
    /// </summary>
    public int After { get; init; }

    /// <summary>An HTTP status. Default 500; of <see cref="FaultKind.BusinessCode"/> 200; of <see cref="FaultKind.Redirect"/> 307.</summary>
    public int? Status { get; init; }

    /// <summary>A business code, or a websocket close code.</summary>
    public int Code { get; init; }

    /// <summary>What a close frame says beside its code; at most 123 bytes. Default nothing.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How late: of <see cref="FaultKind.AnswerLate"/> and <see cref="FaultKind.Stall"/>. At most a day.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>A <c>Retry-After</c> header, in whole seconds. Default none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether the call takes effect all the same, so that for example a session exists. Default no; <see cref="FaultKind.AnswerLate"/> and
    /// <see cref="BadBody.CodeAsString"/> always do, having the right answer to give.
    /// </summary>
    public bool TakesEffect { get; init; }

    /// <summary>Where <see cref="FaultKind.Redirect"/> points.</summary>
    public string Location { get; init; } = "http://127.0.0.2:9/elsewhere";

    /// <summary>What <see cref="FaultKind.BadBody"/> answers.</summary>
    public BadBody Body { get; init; }

    /// <summary>How <see cref="FaultKind.RefuseHandshake"/> refuses.</summary>
    public BadHandshake Handshake { get; init; }

    /// <summary>Which rule <see cref="FaultKind.Breach"/> breaks.</summary>
    public Breach Breach { get; init; }

    /// <summary>Frames of a <see cref="FaultKind.Flood"/>. Default 10 000.</summary>
    public int Frames { get; init; } = 10_000;

    /// <summary>Frames a second of a <see cref="FaultKind.Flood"/>. Default 10 000.</summary>
    public int FramesPerSecond { get; init; } = 10_000;

    // A control frame has at most 125 bytes, and two of them are the code.
    private const int MaxReason = 123;

    /// <summary>What is wrong with the values, or null.</summary>
    internal string? Wrong() => this switch
    {
        { Count: < 0 } => "count must not be negative",
        { Probability: not (>= 0 and <= 1) } => "probability must be 0 to 1",
        { After: < 0 } => "after must not be negative",
        { Status: < 100 or > 599 } => "status must be 100 to 599",
        { Frames: < 1 } or { FramesPerSecond: < 1 } => "frames and framesPerSecond must be positive",
        { Kind: FaultKind.CloseSocket, Code: < 0 or > 65535 } => "code must be a close code",
        { Reason: null } => "reason must not be null",
        _ when Encoding.UTF8.GetByteCount(Reason) > MaxReason => "reason must have at most 123 bytes",
        _ when Delay < TimeSpan.Zero || Delay > EmulatorOptions.LongestDuration => "delay must not be negative, nor longer than a day",
        _ => null,
    };
}
