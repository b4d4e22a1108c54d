using Microsoft.Extensions.Logging;

namespace Akool.Sessions;

/// <summary>All log events of the domain, 1000 to 1999. None holds a text, a URL or a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Sessions recovered from the ledger: {Live} live, {Unanswered} whose create AKOOL never answered")]
    public static partial void SessionsRecovered(ILogger logger, int live, int unanswered);

    [LoggerMessage(1001, LogLevel.Information, "Session {Session} created for {Owner}")]
    public static partial void SessionCreated(ILogger logger, SessionId session, OwnerId owner);

    [LoggerMessage(1002, LogLevel.Warning, "Create of session {Session} was not answered ({Code}): AKOOL may hold a session that nobody knows; ReconcileSessions tells")]
    public static partial void CreateUnanswered(ILogger logger, SessionId session, SessionErrorCode code);

    [LoggerMessage(1003, LogLevel.Information, "Session {Session} is being closed: {Reason}")]
    public static partial void SessionClosing(ILogger logger, SessionId session, CloseReason reason);

    [LoggerMessage(1004, LogLevel.Information, "Session {Session} ended {State}: {Reason}")]
    public static partial void SessionEnded(ILogger logger, SessionId session, SessionState state, CloseReason reason);

    [LoggerMessage(1005, LogLevel.Warning, "Close of session {Session} was not confirmed ({Code}, AKOOL code {UpstreamCode}) at try {Attempt}; next one in {Wait}; it may still cost credits")]
    public static partial void CloseNotConfirmed(ILogger logger, SessionId session, SessionErrorCode code, int upstreamCode, int attempt, TimeSpan wait);

    [LoggerMessage(1006, LogLevel.Warning, "Media of session {Session} was not paused for an interrupt ({Code})")]
    public static partial void PauseFailed(ILogger logger, SessionId session, SessionErrorCode code);

    [LoggerMessage(1007, LogLevel.Warning, "Chat room of session {Session} was not opened: {Code}, {Detail}")]
    public static partial void RoomNotOpened(ILogger logger, SessionId session, SessionErrorCode code, string detail);

    [LoggerMessage(1008, LogLevel.Warning, "Chat room of session {Session} was lost with code {CloseCode} ({Cause}); opened again: {Reconnects}")]
    public static partial void RoomLost(ILogger logger, SessionId session, int closeCode, bool reconnects, string? cause);

    [LoggerMessage(1009, LogLevel.Warning, "{Count} sessions at AKOOL belong to nobody here; {Closed} of them were closed")]
    public static partial void OrphansFound(ILogger logger, int count, int closed);

    [LoggerMessage(1010, LogLevel.Warning, "AKOOL's list could not be compared with the ledger ({Code}); it is tried again")]
    public static partial void ReconcileFailed(ILogger logger, SessionErrorCode code);

    [LoggerMessage(1011, LogLevel.Information, "Drain begun: {Streams} streams have {Grace} left")]
    public static partial void DrainBegun(ILogger logger, int streams, TimeSpan grace);

    [LoggerMessage(1012, LogLevel.Information, "Drain done: {Streams} streams ended, {Closed} sessions closed, {Left} left in the ledger")]
    public static partial void DrainDone(ILogger logger, int streams, int closed, int left);

    [LoggerMessage(1013, LogLevel.Error, "Chat of session {Session} could not be ended; the session is closed all the same")]
    public static partial void ChatNotClosed(ILogger logger, SessionId session, Exception bug);
}
