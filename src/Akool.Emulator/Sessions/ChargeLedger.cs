namespace Akool.Emulator.Sessions;

/// <summary>
/// What the account pays for: every session from its opening until its end, by the emulator's clock. A begun second counts as one.
/// What is still in <see cref="Open"/> when nobody owns it has leaked. Safe from any thread.
/// </summary>
public sealed class ChargeLedger
{
    private readonly SessionTable _sessions;
    private readonly Uri _roomBase;

    internal ChargeLedger(SessionTable sessions, Uri roomBase) => (_sessions, _roomBase) = (sessions, roomBase);

    /// <summary>All sessions that are remembered, newest first.</summary>
    public IReadOnlyList<ChargedSession> All => Sheet.All;

    /// <summary>Those that still cost money: queueing or processing.</summary>
    public IReadOnlyList<ChargedSession> Open => Sheet.Open;

    /// <summary>Seconds charged to the account so far, forgotten sessions included.</summary>
    public long SecondsCharged => Sheet.SecondsCharged;

    /// <summary>How many sessions there ever were, forgotten ones included.</summary>
    public long Created => Sheet.Created;

    /// <summary>All of it as of one moment.</summary>
    internal ChargeSheet Sheet => _sessions.Charges();

    /// <summary>Completes when at most <paramref name="count"/> sessions are open; at once where that is so. Give it a limit.</summary>
    public Task OpenAtMostAsync(int count = 0) => _sessions.LiveAsync(live => live <= count);

    /// <summary>Completes when at least <paramref name="count"/> sessions are open; at once where that is so. Give it a limit.</summary>
    public Task OpenAtLeastAsync(int count) => _sessions.LiveAsync(live => live >= count);

    /// <summary>Opens a session as another program on the same account would; gives its id. No limit of the account refuses it.</summary>
    public string AddForeign(string avatarId = "Kai_1080P_back") => _sessions.Open(avatarId, agora: false, foreign: true, _roomBase).Session!.Id;
}

/// <summary>The ledger as of one moment.</summary>
internal sealed record ChargeSheet(long SecondsCharged, long Created, IReadOnlyList<ChargedSession> All)
{
    public IReadOnlyList<ChargedSession> Open { get; } = [.. All.Where(session => session.EndedAt is null)];
}

/// <summary>One session as it is charged.</summary>
/// <param name="Id">AKOOL's <c>_id</c>.</param>
/// <param name="AvatarId">The avatar that it holds.</param>
/// <param name="OpenedAt">When create made it.</param>
/// <param name="EndedAt">When it ended; null: it has not.</param>
/// <param name="Status">1 queueing, 2 processing, 3 completed, 4 failed.</param>
/// <param name="SecondsCharged">Whole seconds from opening to end or now.</param>
/// <param name="IsForeign">Whether another program made it.</param>
public sealed record ChargedSession(
    string Id, string AvatarId, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, int Status, long SecondsCharged, bool IsForeign);
