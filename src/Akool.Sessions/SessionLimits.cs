using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Akool.Sessions;

/// <summary>Which sessions at AKOOL the gateway may close on its own account.</summary>
public enum ReconcileScope
{
    /// <summary>Only those that its ledger knows; others are reported and left alone.</summary>
    Ledger,

    /// <summary>Every session of the AKOOL account: the account is this gateway's alone.</summary>
    Account,
}

/// <summary>Limits on live sessions; bound from the <c>Sessions</c> section.</summary>
public sealed record SessionLimits
{
    /// <summary>Sessions that may be live at once. Default 1000.</summary>
    [Range(1, 1_000_000)] public int MaxLive { get; init; } = 1000;

    /// <summary>Sessions that one owner may have live at once. Default 1000.</summary>
    [Range(1, 1_000_000)] public int MaxLivePerOwner { get; init; } = 1000;

    /// <summary>Creates a second that one owner may make, with a burst of as many. Default 0: no limit.</summary>
    [Range(0, 100_000)] public double CreatesPerSecondPerOwner { get; init; }

    /// <summary>How long CreateSession waits for AKOOL's answer, if the caller's deadline is not sooner; what comes later is closed. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")] public TimeSpan CreateTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a create may wait for a free place, inside the caller's deadline. Default 0: refused at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")] public TimeSpan AdmissionWait { get; init; }

    /// <summary>Which unowned sessions at AKOOL are closed. Default <see cref="ReconcileScope.Ledger"/>.</summary>
    [EnumDataType(typeof(ReconcileScope))] public ReconcileScope ReconcileScope { get; init; } = ReconcileScope.Ledger;

    /// <summary>Hard cap on a session's life: default and maximum of the lease. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Silence after which a session is closed: default and maximum of the lease. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a session waits for its first Chat stream: default and maximum of the lease. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan AttachTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a session outlives its last Chat stream: default and maximum of the lease. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")] public TimeSpan DetachGrace { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Limits of the chat; bound from the <c>Chat</c> section.</summary>
public sealed record ChatLimits
{
    /// <summary>Largest text of one part, in UTF-8 bytes. Default 16 KiB.</summary>
    [Range(1, 1 << 20)] public int MaxTurnBytes { get; init; } = 16 * 1024;

    /// <summary>Turns of one session that may wait or run at once. Default 64.</summary>
    [Range(1, 10_000)] public int MaxOpenTurns { get; init; } = 64;

    /// <summary>How long a turn that was sent waits for its first answer, unless it says otherwise. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")] public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which an answered turn counts as completed; AKOOL marks no end. Default 1.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")] public TimeSpan AnswerQuietPeriod { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long events, and the turns of a lost stream, are kept for a resume. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")] public TimeSpan ResumeWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of events kept for a resume, by session. Default 1 MiB.</summary>
    [Range(1024, 1 << 30)] public int ResumeBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of events that may wait for one stream's client before its slow-consumer policy applies. Default 256 KiB.</summary>
    [Range(1024, 1 << 30)] public int MaxOutboxBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of turns that may wait for one session's socket; a full queue holds the clients up. Default 1 MiB.</summary>
    [Range(1024, 1 << 30)] public int MaxQueuedBytes { get; init; } = 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class SessionLimitsValidator : IValidateOptions<SessionLimits>;

[OptionsValidator]
internal sealed partial class ChatLimitsValidator : IValidateOptions<ChatLimits>;
