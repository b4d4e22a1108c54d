using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Life;

/// <summary>
/// Creates sessions: admitted, then written as an intent, then made at AKOOL, then written again. The work is the session's own, not the call's: a caller
/// who leaves leaves it to finish, and what it made is closed. Safe from any thread.
/// </summary>
internal sealed class SessionCreation(SessionRuntime runtime) : IAsyncDisposable
{
    private readonly Nursery _creations = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new(); // guards _underWay
    private readonly SortedSet<(long Since, string Id)> _underWay = [];

    /// <summary>
    /// Creates a session, or gives the one that the request id stands for. Errors: SessionLimitReached, RateLimited, GatewayDraining, LedgerUnavailable,
    /// IdempotencyConflict, Canceled, UpstreamTimeout and whatever AKOOL refuses with.
    /// </summary>
    public async Task<Result<SessionSnapshot>> CreateAsync(NewSession request, CancellationToken caller)
    {
        var fingerprint = request.RequestId.Length > 0 ? FingerprintOf(request) : "";
        if (request.RequestId.Length > 0 && await RecallAsync(request, fingerprint, caller) is { } remembered) return remembered;
        if (runtime.Draining is { } draining) return draining;
        var record = new SessionRecord
        {
            Id = SessionId.New(), Owner = request.Owner, RequestId = request.RequestId, RequestFingerprint = fingerprint, Config = request.Config,
            Lease = request.Lease, Labels = request.Labels, CreateTime = runtime.Time.GetUtcNow(), Revision = 1,
        };
        var mine = new Session(record, runtime, runtime.Time.GetTimestamp());
        // Whoever finds it in the registry must find its creation too; which of the twins of a request id is made, the registry says.
        var isFirst = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        mine.Creation = RunAsync(mine, isFirst.Task);
        var session = runtime.Registry.AddOrGet(mine);
        _creations.Add(mine.Creation);
        isFirst.SetResult(ReferenceEquals(session, mine));
        if (session.Record.RequestFingerprint != fingerprint) return Conflict;
        return await WaitAsync(session, request.WaitUntilActive, caller);
    }

    /// <summary>Timestamp since which the oldest create under way waits for AKOOL; <see cref="MonotonicTime.Never"/>: none is.</summary>
    public long OldestUnderWay
    {
        get
        {
            lock (_gate) return _underWay.Count == 0 ? MonotonicTime.Never : _underWay.Min.Since;
        }
    }

    /// <summary>Done when no create is under way; AKOOL is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _creations.WhenAllAsync();
        _stopping.Dispose();
    }

    private static SessionError Conflict { get; } = new(SessionErrorCode.IdempotencyConflict, "this request_id was used for another request; choose a new one");

    // A request id whose session is no longer known here may still be in the ledger.
    private async Task<Result<SessionSnapshot>?> RecallAsync(NewSession request, string fingerprint, CancellationToken caller)
    {
        if (!runtime.Registry.HasForgotten || runtime.Registry.FindRequest(request.Owner, request.RequestId) is not null) return null;
        var since = runtime.Time.GetUtcNow() - SessionRegistry.Retention;
        var found = await runtime.Ledger.FindByRequestIdAsync(request.Owner, request.RequestId, since, caller);
        if (!found.IsOk) return found.Error;
        // One that has not ended is known here, or was refused and its row is yet to be deleted: the registry has the last word.
        if (found.Value is not { IsTerminal: true } record) return null;
        if (record.RequestFingerprint != fingerprint) return Conflict;
        if (record is { Upstream: null, Problem: { } problem }) return problem;
        if (request.WaitUntilActive) return record.Problem ?? Session.NotActive;
        return new SessionSnapshot(record, 0, record.CreateTime + record.Lease.MaxDuration, null);
    }

    // The whole life of one create; its result is why there is no session, null where there is one.
    private async Task<SessionError?> RunAsync(Session session, Task<bool> isFirst)
    {
        if (!await isFirst) return null;
        using var span = Telemetry.Begin("session create");
        session.Traced(span);
        var error = await BeginAsync(session);
        // Whoever waited for one that is being closed by now was told why there is none.
        var told = error ?? (session.State is SessionState.Closing or SessionState.Closed ? WhyEnding(session) : null);
        runtime.Telemetry.SessionCreated(told);
        Telemetry.Tell(span, told);
        return error;
    }

    private async Task<SessionError?> BeginAsync(Session session)
    {
        var admitted = await AdmitAsync(session);
        if (!admitted.IsOk) return Forget(session, admitted.Error, wasWritten: false);
        session.Hold(admitted.Value);
        session.Begin();
        if (runtime.Draining is { } draining) return Forget(session, draining, wasWritten: false); // it may have waited for its place
        runtime.Leases.Begin(session);
        if (session.State == SessionState.Closing) return Session.NotActive; // its caller has left already, and nothing was begun
        var intent = await WriteAsync(session);
        if (!intent.IsOk) return Forget(session, intent.Error, wasWritten: !intent.Error.NothingSent); // a slow disk may yet write it
        if (session.State == SessionState.Closing) return Session.NotActive;

        if (await MakeAsync(session) is { } failed) return failed;
        Log.SessionCreated(runtime.Logger, session.Id, session.Owner);
        var written = await WriteAsync(session);
        if (!written.IsOk)
        {
            // A session that a crash would forget must not go on.
            runtime.Ledger.Post(session.Record);
            runtime.Closer.Begin(session, CloseReason.CreateAbandoned, written.Error);
            return written.Error;
        }
        if (session.State == SessionState.Queueing) runtime.Poller.Follow(session);
        return null;
    }

    private async Task<Result<Permit>> AdmitAsync(Session session)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var admitting = runtime.Admission.AdmitAsync(session.Owner, leaving.Token);
        if (await Task.WhenAny(admitting, session.Started) != admitting) await leaving.CancelAsync(); // it is being closed: nobody waits for a place
        return await admitting;
    }

    private async Task<Result<Done>> WriteAsync(Session session)
    {
        using var span = Telemetry.BeginWithin("ledger write");
        var written = await runtime.Ledger.WriteAsync(session.Record, CancellationToken.None);
        Telemetry.Tell(span, written.Error);
        return written;
    }

    // From the call to AKOOL until the session knows what came of it; so long, what is new at AKOOL may be this one.
    private async Task<SessionError?> MakeAsync(Session session)
    {
        var since = (runtime.Time.GetTimestamp(), session.Id.Value);
        lock (_gate) _underWay.Add(since);
        try
        {
            var made = await CallAsync(session);
            if (!made.IsOk) return Failed(session, made.Error);
            session.Change(record => SessionTransitions.Created(record, made.Value, runtime.Time.GetUtcNow()), tellLedger: false);
            return null;
        }
        finally
        {
            lock (_gate) _underWay.Remove(since);
        }
    }

    private async Task<Result<UpstreamSession>> CallAsync(Session session)
    {
        // Who waits is told of the timeout by the session; AKOOL's answer is waited for all the same, to be closed.
        await using var limit = runtime.Time.CreateTimer(_ => runtime.Closer.Begin(session, CloseReason.CreateAbandoned, Late), null, runtime.Limits.CreateTimeout, Timeout.InfiniteTimeSpan);
        try { return await runtime.Api.CreateAsync(session.Config, _stopping.Token); }
        catch (OperationCanceledException) { return new SessionError(SessionErrorCode.UpstreamTimeout, "the gateway stopped before AKOOL answered the create"); }
    }

    private SessionError Late => new(
        SessionErrorCode.UpstreamTimeout, $"AKOOL did not answer the create within {runtime.Limits.CreateTimeout.TotalSeconds} s; what comes of it is closed");

    private SessionError Failed(Session session, SessionError error)
    {
        if (error.Begun is { } begun)
        {
            session.Change(record => SessionTransitions.Created(record, new(begun, UpstreamStatus.Unknown, null, null), runtime.Time.GetUtcNow()));
            runtime.Closer.Begin(session, CloseReason.CreateAbandoned, error);
            return error;
        }
        if (!CreateFailure.MayHaveBegun(error)) return Forget(session, error, wasWritten: true);
        Log.CreateUnanswered(runtime.Logger, session.Id, error.Code);
        error = error with { RetryAfter = null }; // the same request_id gives this answer again, however long one waits
        session.Change(record => SessionTransitions.Failed(record, CloseReason.CreateAbandoned, error, runtime.Time.GetUtcNow()));
        runtime.Registry.Ended(session);
        return error;
    }

    private SessionError Forget(Session session, SessionError error, bool wasWritten)
    {
        if (!session.TryForget(error)) return error; // whoever closes it finds nothing to close, and forgets it
        runtime.Registry.Remove(session);
        if (wasWritten) runtime.Ledger.Forget(session.Record);
        return error;
    }

    private async Task<Result<SessionSnapshot>> WaitAsync(Session session, bool untilActive, CancellationToken caller)
    {
        session.Waiters.Join();
        SessionError? failed;
        try
        {
            failed = await CreatedAsync(session, caller);
            if (failed is null && untilActive) await session.Started.WaitAsync(caller);
            caller.ThrowIfCancellationRequested(); // what has happened meanwhile hides it, and nobody would take the session
        }
        catch (OperationCanceledException)
        {
            if (session.Waiters.Leave()) runtime.Closer.Begin(session, CloseReason.CreateAbandoned);
            return new SessionError(SessionErrorCode.Canceled, "the caller left before the session was created; what comes of it is closed");
        }
        if (failed is null && untilActive && session.State is not (SessionState.Active or SessionState.Paused)) failed = WhyEnding(session);
        if (failed is not null)
        {
            session.Waiters.Leave();
            return failed;
        }
        session.Waiters.Give();
        return session.Snapshot();
    }

    // Why there is no session; null: there is one. A session that is closed before AKOOL has answered is not waited for; a create that has failed is, for
    // the moment until it is over.
    private async Task<SessionError?> CreatedAsync(Session session, CancellationToken caller)
    {
        await Task.WhenAny(session.Creation, session.Started).WaitAsync(caller);
        if (!session.Creation.IsCompleted && session.State is not (SessionState.Active or SessionState.Paused) && !HasFailed(session.Record)) return WhyEnding(session);
        return await session.Creation.WaitAsync(caller);
    }

    private static bool HasFailed(SessionRecord record) => record is { State: SessionState.Failed, Upstream: null };

    private SessionError WhyEnding(Session session) => session.Record.Problem ?? runtime.Draining ?? Session.NotActive;

    private static string FingerprintOf(NewSession request)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Config}|{request.Lease}");
        foreach (var (key, value) in request.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"|{key.Length}:{key}={value.Length}:{value}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
