namespace Akool.Sessions;

/// <summary>What AKOOL is asked for. Validated before it gets here.</summary>
/// <param name="AvatarId">The avatar; not empty.</param>
/// <param name="BackgroundUrl">Picture behind the avatar; null: the avatar's own.</param>
/// <param name="Transport">How media is delivered.</param>
/// <param name="TurnDefaults">Used for every turn that does not say otherwise.</param>
public sealed record SessionConfig(string AvatarId, string? BackgroundUrl, MediaTransport Transport, TurnSettings TurnDefaults);

/// <summary>How media is delivered to a viewer.</summary>
public enum MediaTransport
{
    Flv,
    Agora,
}

/// <summary>How a turn is spoken; null or unspecified fields are taken from the layer below.</summary>
public sealed record TurnSettings(string? VoiceId, string? Language, TurnMode Mode, Persona? Persona)
{
    /// <summary>Says nothing.</summary>
    public static TurnSettings Empty { get; } = new(null, null, TurnMode.Unspecified, null);

    /// <summary>These settings, with each field that is not set taken from <paramref name="below"/>.</summary>
    public TurnSettings Over(TurnSettings below)
    {
        if (ReferenceEquals(this, Empty)) return below;
        if (ReferenceEquals(below, Empty)) return this;
        return new(VoiceId ?? below.VoiceId, Language ?? below.Language, Mode == TurnMode.Unspecified ? below.Mode : Mode, Persona ?? below.Persona);
    }
}

/// <summary>What the avatar does with a turn's text.</summary>
public enum TurnMode
{
    /// <summary>The layer below decides; at the bottom, <see cref="Retell"/>.</summary>
    Unspecified,

    /// <summary>Speak exactly this text.</summary>
    Retell,

    /// <summary>Answer this text, then speak the answer.</summary>
    Dialogue,
}

/// <summary>The avatar's role in a dialogue: in words, or a link to a document. Exactly one is set.</summary>
public sealed record Persona(string? Text, string? DocumentUrl);

/// <summary>What a viewer needs to see and hear the session; secret. Exactly one is set.</summary>
public sealed record Media(string? FlvUrl, AgoraChannel? Agora)
{
    /// <summary>Says nothing of its content: it must not reach a log.</summary>
    public override string ToString() => nameof(Media);
}

/// <summary>Credentials of one Agora channel; secret.</summary>
public sealed record AgoraChannel(string AppId, string ChannelName, string Token, long Uid)
{
    /// <summary>Says nothing of its content: it must not reach a log.</summary>
    public override string ToString() => nameof(AgoraChannel);
}

/// <summary>Where a session's chat room is; the client URL is the only secret that guards it.</summary>
/// <param name="ClientUrl">What the gateway connects to, as AKOOL gave it.</param>
/// <param name="ServerUrl">The peer's address, as AKOOL gave it; never connected to, only the frames' <c>to</c> is read off it.</param>
public sealed record ChatRoom(string ClientUrl, string ServerUrl)
{
    /// <summary>Says nothing of its content: it must not reach a log.</summary>
    public override string ToString() => nameof(ChatRoom);
}
