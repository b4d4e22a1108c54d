using Akool.Sessions;

namespace Akool.Ledger.Rows;

/// <summary>The words that the store uses for the domain's enumerations. Never change one: rows hold them.</summary>
internal static class Words
{
    public static string Of(SessionState state) => state switch
    {
        SessionState.Queueing => "queueing",
        SessionState.Active => "active",
        SessionState.Paused => "paused",
        SessionState.Closing => "closing",
        SessionState.Closed => "closed",
        SessionState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static SessionState StateOf(string word) => word switch
    {
        "queueing" => SessionState.Queueing,
        "active" => SessionState.Active,
        "paused" => SessionState.Paused,
        "closing" => SessionState.Closing,
        "closed" => SessionState.Closed,
        "failed" => SessionState.Failed,
        _ => throw new InvalidDataException("a row has an unknown state"),
    };

    public static string Of(MediaTransport transport) => transport switch
    {
        MediaTransport.Flv => "flv",
        MediaTransport.Agora => "agora",
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, null),
    };

    public static MediaTransport TransportOf(string? word) => word switch
    {
        "flv" => MediaTransport.Flv,
        "agora" => MediaTransport.Agora,
        _ => throw new InvalidDataException("a row has an unknown media transport"),
    };

    public static string? Of(TurnMode mode) => mode switch
    {
        TurnMode.Unspecified => null,
        TurnMode.Retell => "retell",
        TurnMode.Dialogue => "dialogue",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
    };

    public static TurnMode ModeOf(string? word) => word switch
    {
        null => TurnMode.Unspecified,
        "retell" => TurnMode.Retell,
        "dialogue" => TurnMode.Dialogue,
        _ => throw new InvalidDataException("a row has an unknown turn mode"),
    };

    /// <summary>An error's cause is kept by its name; a name that is no longer known must not keep the gateway from starting.</summary>
    public static SessionErrorCode CauseOf(string? word) =>
        Enum.TryParse<SessionErrorCode>(word, out var code) ? code : SessionErrorCode.UpstreamProtocol;
}
