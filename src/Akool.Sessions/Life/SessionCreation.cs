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
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mine.Creation = RunAsync(mine, begin.Task);
        var session = runtime.Registry.AddOrGet(mine);
        _creations.Add(mine.Creation);
        begin.SetResult();
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
        if (found.Value is not { } record) return null;
        if (record.RequestFingerprint != fingerprint) return Conflict;
        return new SessionSnapshot(record, 0, record.CreateTime + record.Lease.MaxDuration, null);
    }

    // The whole life of one create; its result is why there is no session, null where there is one.
    private async Task<SessionError?> RunAsync(Session session, Task begin)
    {
        await begin;
        if (!ReferenceEquals(runtime.Registry.AddOrGet(session), session)) return null; // a twin of the same request id was first
        var admitted = await runtime.Admission.AdmitAsync(session.Owner, _stopping.Token);
        if (!admitted.IsOk) return Forget(session, admitted.Error, wasWritten: false);
        session.Hold(admitted.Value);
        runtime.Leases.Begin(session);
        var intent = await runtime.Ledger.WriteAsync(session.Record, CancellationToken.None);
        if (!intent.IsOk) return Forget(session, intent.Error, wasWritten: false);
        if (session.State == SessionState.Closing) return Session.NotActive; // its caller has left already, and nothing was begun

        var made = await CallAsync(session);
        if (!made.IsOk) return Failed(session, made.Error);
        session.Change(record => SessionTransitions.Created(record, made.Value, runtime.Time.GetUtcNow()), tellLedger: false);
        runtime.Telemetry.SessionCreated(null);
        Log.SessionCreated(runtime.Logger, session.Id, session.Owner);
        var written = await runtime.Ledger.WriteAsync(session.Record, CancellationToken.None);
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

    private async Task<Result<UpstreamSession>> CallAsync(Session session)
    {
        var since = (runtime.Time.GetTimestamp(), session.Id.Value);
        lock (_gate) _underWay.Add(since);
        try { return await runtime.Api.CreateAsync(session.Config, _stopping.Token); }
        catch (OperationCanceledException) { return new SessionError(SessionErrorCode.UpstreamTimeout, "the gateway stopped before AKOOL answered the create"); }
        finally
        {
            lock (_gate) _underWay.Remove(since);
        }
    }

    private SessionError Failed(Session session, SessionError error)
    {
        runtime.Telemetry.SessionCreated(error);
        if (error.Begun is { } begun)
        {
            session.Change(record => SessionTransitions.Created(record, new(begun, UpstreamStatus.Unknown, null, null), runtime.Time.GetUtcNow()));
            runtime.Closer.Begin(session, CloseReason.CreateAbandoned, error);
            return error;
        }
        if (!CreateFailure.MayHaveBegun(error)) return Forget(session, error, wasWritten: true);
        Log.CreateUnanswered(runtime.Logger, session.Id, error.Code);
        session.Change(record => SessionTransitions.Failed(record, CloseReason.CreateAbandoned, error, runtime.Time.GetUtcNow()));
        runtime.Registry.Ended(session);
        return error;
    }

    private SessionError Forget(Session session, SessionError error, bool wasWritten)
    {
        if (session.State == SessionState.Closing) return error; // whoever closes it finds nothing to close, and ends it
        runtime.Registry.Remove(session);
        session.Release();
        if (wasWritten) runtime.Ledger.Forget(session.Record);
        return error;
    }

    private async Task<Result<SessionSnapshot>> WaitAsync(Session session, bool untilActive, CancellationToken caller)
    {
        Interlocked.Increment(ref session.Waiters);
        try
        {
            var failed = await session.Creation.WaitAsync(runtime.Limits.CreateTimeout, runtime.Time, caller);
            if (failed is not null) return failed;
            if (untilActive) await session.Started.WaitAsync(caller);
        }
        catch (Exception gone) when (gone is TimeoutException or OperationCanceledException)
        {
            // Others may wait for the same session.
            if (Interlocked.Decrement(ref session.Waiters) == 0) runtime.Closer.Begin(session, CloseReason.CreateAbandoned);
            return gone is TimeoutException
                ? new SessionError(SessionErrorCode.UpstreamTimeout, $"AKOOL did not answer the create within {runtime.Limits.CreateTimeout.TotalSeconds} s; what comes of it is closed")
                : new SessionError(SessionErrorCode.Canceled, "the caller left before the session was created; what comes of it is closed");
        }
        Interlocked.Decrement(ref session.Waiters);
        if (untilActive && session.State == SessionState.Failed && session.Record.Problem is { } problem) return problem;
        return session.Snapshot();
    }

    private static string FingerprintOf(NewSession request)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Config}|{request.Lease}");
        foreach (var (key, value) in request.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"|{key.Length}:{key}={value.Length}:{value}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
