using Akool.Sessions;
using Microsoft.Extensions.Logging;

namespace Akool.Upstream;

/// <summary>The room's log events, 2000-2999. None holds a text, a URL or a token.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "AKOOL call {Operation} failed with {Cause}, code {UpstreamCode}: {Detail}")]
    public static partial void CallFailed(ILogger logger, string operation, SessionErrorCode cause, int upstreamCode, string detail);

    [LoggerMessage(2001, LogLevel.Warning, "AKOOL was given up on for {Delay}: too many calls failed")]
    public static partial void CircuitOpened(ILogger logger, TimeSpan delay);

    [LoggerMessage(2002, LogLevel.Information, "AKOOL answered again; calls were let through")]
    public static partial void CircuitClosed(ILogger logger);

    [LoggerMessage(2003, LogLevel.Information, "AKOOL call {Operation} was repeated as try {Try} after {Delay}")]
    public static partial void CallRepeated(ILogger logger, string operation, int @try, TimeSpan delay);

    [LoggerMessage(2004, LogLevel.Warning, "AKOOL answered create of session {Upstream} without a chat room")]
    public static partial void SessionBegunWithoutRoom(ILogger logger, UpstreamId upstream);

    [LoggerMessage(2010, LogLevel.Information, "AKOOL token was replaced")]
    public static partial void TokenReplaced(ILogger logger);

    [LoggerMessage(2011, LogLevel.Warning, "The AKOOL token cannot be read again, and the one that was read goes on: {Fault}")]
    public static partial void TokenKept(ILogger logger, string fault);

    [LoggerMessage(2020, LogLevel.Information, "Chat room was not opened, {Cause}: {Detail}")]
    public static partial void RoomNotOpened(ILogger logger, SessionErrorCode cause, string detail);
}
