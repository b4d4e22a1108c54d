namespace Akool.Gateway;

/// <summary>Log events of the gateway, 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Information, "Listening for gRPC on {Grpc} and for operations on {Operations}")]
    public static partial void ListeningStarted(ILogger logger, Uri grpc, Uri operations);

    [LoggerMessage(3002, LogLevel.Error, "A call of {Method} ended by an unexpected exception")]
    public static partial void CallBroke(ILogger logger, string method, Exception cause);

    [LoggerMessage(3003, LogLevel.Debug, "A call of {Method} ended because its client was lost")]
    public static partial void ClientLost(ILogger logger, string method, Exception cause);

    [LoggerMessage(3004, LogLevel.Debug, "A call of {Method} ended because a message could not be read")]
    public static partial void MessageUnreadable(ILogger logger, string method, Exception cause);

    [LoggerMessage(3005, LogLevel.Error, "The settings file {File} cannot be read or used, and for what cannot, what counted before goes on; mend it: {Fault}")]
    public static partial void SettingsUnreadable(ILogger logger, string file, string fault);

    [LoggerMessage(3010, LogLevel.Information, "Drain began; streams may go on for {Grace}")]
    public static partial void DrainBegan(ILogger logger, TimeSpan grace);

    [LoggerMessage(3011, LogLevel.Information, "Drain ended: {Streams} streams were ended and {Sessions} sessions closed")]
    public static partial void DrainEnded(ILogger logger, int streams, int sessions);

    [LoggerMessage(3012, LogLevel.Warning, "Drain was cut short by the limit on the shutdown; the ledger knows what is left")]
    public static partial void DrainCutShort(ILogger logger);

    [LoggerMessage(3013, LogLevel.Error, "A part of the drain failed")]
    public static partial void DrainFailed(ILogger logger, Exception cause);

    [LoggerMessage(3014, LogLevel.Warning, "A second signal ended the process at once; the ledger knows what is left")]
    public static partial void ForcedExit(ILogger logger);
}
