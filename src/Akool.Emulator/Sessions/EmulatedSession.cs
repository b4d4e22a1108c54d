using Akool.Emulator.ChatRooms;

namespace Akool.Emulator.Sessions;

/// <summary>One session of the account; guarded by its <see cref="SessionTable"/>.</summary>
internal sealed class EmulatedSession
{
    public required string Id { get; init; }

    public required string TaskId { get; init; }

    public required string AvatarId { get; init; }

    public required string StreamName { get; init; }

    public required long Sequence { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it leaves the queue.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    public required ChatRoom Room { get; init; }

    public required string ClientUrl { get; init; }

    public required string ServerUrl { get; init; }

    public required bool IsAgora { get; init; }

    /// <summary>Whether another program made it.</summary>
    public required bool IsForeign { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    public bool HasFailed { get; set; }

    /// <summary>AKOOL's number: 1 queueing, 2 processing, 3 completed, 4 failed.</summary>
    public int StatusAt(DateTimeOffset now) => HasFailed ? 4 : EndedAt is not null ? 3 : now >= StartsAt ? 2 : 1;

    /// <summary>Whole seconds charged from its opening to its end or to now; a begun second counts.</summary>
    public long SecondsChargedAt(DateTimeOffset now) => (long)Math.Ceiling(((EndedAt ?? now) - OpenedAt).TotalSeconds);
}
