namespace Akool.Sessions;

/// <summary>A session as it is now: the record, and what only the running gateway knows. Immutable.</summary>
/// <param name="Record">The remembered part; its usage is up to date.</param>
/// <param name="AttachedStreams">Chat streams attached now.</param>
/// <param name="ExpireTime">Hard end of life, whatever the activity.</param>
/// <param name="IdleExpireTime">When the idle lease runs out if nothing else happens; null once the session is ending.</param>
public sealed record SessionSnapshot(SessionRecord Record, int AttachedStreams, DateTimeOffset ExpireTime, DateTimeOffset? IdleExpireTime);
