namespace Akool.Sessions.Ports;

/// <summary>
/// The durable list of sessions: written before money can be spent and after it can be no more. Writes of many sessions are
/// joined into one transaction. Of two records of one session the one with the higher revision holds. Safe from any thread.
/// </summary>
public interface ISessionLedger
{
    /// <summary>Opens the store, brings its schema up to date, and gives every session that has not ended and every one that ended after <paramref name="endedSince"/>.</summary>
    Task<Result<IReadOnlyList<SessionRecord>>> OpenAsync(DateTimeOffset endedSince, CancellationToken cancellation);

    /// <summary>
    /// Remembers a record; complete when it is on disk. Errors: <see cref="SessionErrorCode.LedgerUnavailable"/>; without <see cref="SessionError.NothingSent"/>
    /// it may yet be written.
    /// </summary>
    Task<Result<Done>> WriteAsync(SessionRecord record, CancellationToken cancellation);

    /// <summary>Remembers a record with the next batch; nobody waits. A failed write is logged and tried again until a newer record of the session replaces it.</summary>
    void Post(SessionRecord record);

    /// <summary>Forgets a session that was never begun at AKOOL, so that its request id is free again; with the next batch, tried again as <see cref="Post"/> is.</summary>
    void Forget(SessionRecord record);

    /// <summary>The session of an owner's request id whose intent was written after <paramref name="since"/>; null: none.</summary>
    Task<Result<SessionRecord?>> FindByRequestIdAsync(OwnerId owner, string requestId, DateTimeOffset since, CancellationToken cancellation);

    /// <summary>Whether the last write went well; read by the readiness check.</summary>
    bool IsWritable { get; }
}
