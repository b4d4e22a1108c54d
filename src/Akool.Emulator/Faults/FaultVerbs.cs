using Akool.Emulator.Rest;

namespace Akool.Emulator.Faults;

/// <summary>The verbs of a script: one for each fault that tests often want. <c>count: 0</c> is for ever; a <c>session</c> of null is every session.</summary>
public static class FaultVerbs
{
    /// <summary>Answers a call with an HTTP status.</summary>
    public static ScriptedFault Fail(
        this FaultScript script, RestOperation operation, int status, int count = 1, TimeSpan? retryAfter = null, bool takesEffect = false) =>
        script.Add(new(FaultKind.HttpStatus) { Operation = operation, Status = status, Count = count, RetryAfter = retryAfter, TakesEffect = takesEffect });

    /// <summary>Answers a call with a business code at an HTTP status.</summary>
    public static ScriptedFault Answer(this FaultScript script, RestOperation operation, int code, int status = 200, int count = 1) =>
        script.Add(new(FaultKind.BusinessCode) { Operation = operation, Code = code, Status = status, Count = count });

    /// <summary>Never answers a call.</summary>
    public static ScriptedFault NeverAnswer(this FaultScript script, RestOperation operation, int count = 1, bool takesEffect = false) =>
        script.Add(new(FaultKind.NeverAnswer) { Operation = operation, Count = count, TakesEffect = takesEffect });

    /// <summary>Answers a call rightly but late; it takes effect at once.</summary>
    public static ScriptedFault AnswerLate(this FaultScript script, RestOperation operation, TimeSpan delay, int count = 1) =>
        script.Add(new(FaultKind.AnswerLate) { Operation = operation, Delay = delay, Count = count });

    /// <summary>Answers a call with 200 and a body that is no answer.</summary>
    public static ScriptedFault Garble(this FaultScript script, RestOperation operation, BadBody body, int count = 1, bool takesEffect = false) =>
        script.Add(new(FaultKind.BadBody) { Operation = operation, Body = body, Count = count, TakesEffect = takesEffect });

    /// <summary>Sends a call to another place.</summary>
    public static ScriptedFault Redirect(this FaultScript script, RestOperation operation, Uri location, int count = 1) =>
        script.Add(new(FaultKind.Redirect) { Operation = operation, Location = location.AbsoluteUri, Count = count });

    /// <summary>Resets a call's connection instead of answering.</summary>
    public static ScriptedFault ResetRequest(this FaultScript script, RestOperation operation, int count = 1, bool takesEffect = false) =>
        script.Add(new(FaultKind.ResetRequest) { Operation = operation, Count = count, TakesEffect = takesEffect });

    /// <summary>Refuses a handshake with an HTTP status.</summary>
    public static ScriptedFault RefuseHandshake(this FaultScript script, int status, string? session = null, int count = 1) =>
        script.Add(new(FaultKind.RefuseHandshake) { Status = status, Session = session, Count = count });

    /// <summary>Spoils a handshake.</summary>
    public static ScriptedFault RefuseHandshake(this FaultScript script, BadHandshake handshake, string? session = null, int count = 1) =>
        script.Add(new(FaultKind.RefuseHandshake) { Handshake = handshake, Session = session, Count = count });

    /// <summary>Resets a socket with the n-th chat frame from now on, which is not answered; 0: at once, or when one opens.</summary>
    public static ScriptedFault DropSocket(this FaultScript script, int afterFrames = 0, string? session = null, int count = 1, double probability = 1) =>
        script.Add(new(FaultKind.DropSocket) { After = afterFrames, Session = session, Count = count, Probability = probability });

    /// <summary>Closes a socket with a code, as <see cref="DropSocket"/> resets it. Code 0: a close frame without a code.</summary>
    public static ScriptedFault CloseSocket(this FaultScript script, int code, int afterFrames = 0, string? session = null, int count = 1) =>
        script.Add(new(FaultKind.CloseSocket) { Code = code, After = afterFrames, Session = session, Count = count });

    /// <summary>Leaves a socket half open: nothing is read, nothing written, and the connection stays until the room has done with it.</summary>
    public static ScriptedFault HalfOpen(this FaultScript script, int afterFrames = 0, string? session = null, int count = 1) =>
        script.Add(new(FaultKind.HalfOpen) { After = afterFrames, Session = session, Count = count });

    /// <summary>Stops reading from a socket.</summary>
    public static ScriptedFault StopReading(this FaultScript script, int afterFrames = 0, string? session = null, int count = 1) =>
        script.Add(new(FaultKind.StopReading) { After = afterFrames, Session = session, Count = count });

    /// <summary>Breaks a rule of the websocket protocol.</summary>
    public static ScriptedFault Break(this FaultScript script, Breach breach, int afterFrames = 0, string? session = null) =>
        script.Add(new(FaultKind.Breach) { Breach = breach, After = afterFrames, Session = session });

    /// <summary>Resets a socket in the middle of an answer.</summary>
    public static ScriptedFault DropMidFrame(this FaultScript script, string? session = null, int count = 1) =>
        script.Add(new(FaultKind.DropMidFrame) { Session = session, Count = count });

    /// <summary>Turns an answer into many.</summary>
    public static ScriptedFault Flood(this FaultScript script, int frames, int framesPerSecond, string? session = null) =>
        script.Add(new(FaultKind.Flood) { Frames = frames, FramesPerSecond = framesPerSecond, Session = session });

    /// <summary>Sends answers twice.</summary>
    public static ScriptedFault Duplicate(this FaultScript script, string? session = null, int count = 1) =>
        script.OnAnswer(FaultKind.Duplicate, session, count);

    /// <summary>Sends an answer after the next one.</summary>
    public static ScriptedFault Reorder(this FaultScript script, string? session = null, int count = 1) =>
        script.OnAnswer(FaultKind.Reorder, session, count);

    /// <summary>Cuts an answer's JSON in two.</summary>
    public static ScriptedFault Corrupt(this FaultScript script, string? session = null, int count = 1) =>
        script.OnAnswer(FaultKind.Corrupt, session, count);

    /// <summary>Gives answers to another session's socket.</summary>
    public static ScriptedFault SwapSessions(this FaultScript script, string? session = null, int count = 1) =>
        script.OnAnswer(FaultKind.SwapSessions, session, count);

    /// <summary>Keeps answers to itself.</summary>
    public static ScriptedFault LoseAnswer(this FaultScript script, string? session = null, int count = 1) =>
        script.OnAnswer(FaultKind.LoseAnswer, session, count);

    /// <summary>Sends an answer, and those after it of its chat frame, later.</summary>
    public static ScriptedFault Stall(this FaultScript script, TimeSpan delay, string? session = null, int count = 1) =>
        script.Add(new(FaultKind.Stall) { Delay = delay, Session = session, Count = count });

    /// <summary>
    /// Any answer fault without values of its own, for example <see cref="FaultKind.UnknownType"/>, <see cref="FaultKind.MissingId"/>,
    /// <see cref="FaultKind.ForeignId"/> or <see cref="FaultKind.PayloadObject"/>.
    /// </summary>
    public static ScriptedFault OnAnswer(this FaultScript script, FaultKind kind, string? session = null, int count = 1) =>
        script.Add(new(kind) { Session = session, Count = count });
}
