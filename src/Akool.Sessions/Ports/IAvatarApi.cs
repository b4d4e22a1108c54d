namespace Akool.Sessions.Ports;

/// <summary>
/// AKOOL's REST side. Each call retries what may be retried (reads and close; never create), inside its own request timeout
/// and the caller's token, and gives a failure as a <see cref="SessionError"/>. Safe from any thread.
/// </summary>
public interface IAvatarApi
{
    /// <summary>
    /// Begins a session. Sent once at most. <see cref="SessionErrorCode.UpstreamTimeout"/> and <see cref="SessionErrorCode.UpstreamUnavailable"/>
    /// may hide a session that exists, unless <see cref="CreateFailure"/> says that nothing was begun; the token is for shutdown,
    /// not for the caller: a create that was sent is waited for, or its session would be nobody's. Where AKOOL began a session but told no
    /// chat room, the error is <see cref="SessionErrorCode.UpstreamProtocol"/> and <see cref="SessionError.Begun"/> names what has to be closed.
    /// </summary>
    Task<Result<UpstreamSession>> CreateAsync(SessionConfig config, CancellationToken stopping);

    /// <summary>Reads a session's state. Errors: <see cref="SessionErrorCode.SessionNotFound"/> where AKOOL knows no such session.</summary>
    Task<Result<UpstreamSession>> DetailAsync(UpstreamId id, CancellationToken cancellation);

    /// <summary>Ends a session. Success means that AKOOL has confirmed the end; a session that is gone (1216) or closed (1219) counts as that.</summary>
    Task<Result<Done>> CloseAsync(UpstreamId id, CancellationToken cancellation);

    /// <summary>Pauses the media; the next chat frame resumes it.</summary>
    Task<Result<Done>> PauseAsync(UpstreamId id, CancellationToken cancellation);

    /// <summary>One page of the account's sessions. Pages count from 1.</summary>
    Task<Result<UpstreamPage>> ListAsync(int page, int size, UpstreamStatus? status, CancellationToken cancellation);

    /// <summary>All avatars of the account, streaming ones and custom ones.</summary>
    Task<Result<IReadOnlyList<Avatar>>> ListAvatarsAsync(CancellationToken cancellation);

    /// <summary>One avatar by its record id. Errors: <see cref="SessionErrorCode.CatalogItemNotFound"/>.</summary>
    Task<Result<Avatar>> GetAvatarAsync(string recordId, CancellationToken cancellation);

    /// <summary>Makes a custom avatar from a video.</summary>
    Task<Result<Avatar>> CreateAvatarAsync(NewAvatar avatar, CancellationToken cancellation);

    /// <summary>All voices.</summary>
    Task<Result<IReadOnlyList<Voice>>> ListVoicesAsync(CancellationToken cancellation);

    /// <summary>All languages.</summary>
    Task<Result<IReadOnlyList<Language>>> ListLanguagesAsync(CancellationToken cancellation);
}

/// <summary>AKOOL's status of a session; the numbers are AKOOL's.</summary>
public enum UpstreamStatus
{
    /// <summary>Missing, or a number that AKOOL does not document.</summary>
    Unknown = 0,
    Queueing = 1,
    Processing = 2,
    Completed = 3,
    Failed = 4,
}

/// <summary>A session as AKOOL tells it. The room is told in create's answer only.</summary>
public sealed record UpstreamSession(UpstreamId Id, UpstreamStatus Status, Media? Media, ChatRoom? Room);

/// <summary>One page of AKOOL's list. <paramref name="Total"/> is AKOOL's count, or null where it gives none.</summary>
public sealed record UpstreamPage(IReadOnlyList<UpstreamSession> Sessions, int? Total);

/// <summary>Says of a failed create whether a session may exist at AKOOL all the same.</summary>
public static class CreateFailure
{
    /// <summary>
    /// Whether a session may have been begun: false where AKOOL refused, by a code or, as what stands before it does, by the HTTP status alone,
    /// and where it was never reached.
    /// </summary>
    public static bool MayHaveBegun(SessionError error) => error is
    {
        UpstreamCode: 0, NothingSent: false,
        Code: not (SessionErrorCode.UpstreamBusy or SessionErrorCode.UpstreamRejected or SessionErrorCode.UpstreamAuthRejected),
    };
}

/// <summary>One avatar of the catalogue.</summary>
public sealed record Avatar(string AvatarId, string RecordId, string DisplayName, string PreviewUrl, string VoiceId, AvatarState State);

/// <summary>Where a custom avatar is in its making.</summary>
public enum AvatarState
{
    Unspecified,
    Queueing,
    Processing,
    Ready,
    Failed,
}

/// <summary>What a custom avatar is made from.</summary>
public sealed record NewAvatar(string AvatarId, string VideoUrl, string DisplayName, bool FromVideoSite);

/// <summary>One voice of the catalogue.</summary>
public sealed record Voice(string VoiceId, string DisplayName, string Gender, string Accent, string PreviewUrl);

/// <summary>One language of the catalogue.</summary>
public sealed record Language(string Code, string DisplayName);
