namespace Akool.Sessions.Life;

/// <summary>
/// Takes back at the start what the ledger knows: live sessions go on and end by their leases, half-closed ones are closed, and intents that AKOOL never
/// answered are told apart, since a session may have come of them that nobody knows.
/// </summary>
internal sealed class SessionRecovery(SessionRuntime runtime)
{
    private static readonly SessionError Unanswered = new(SessionErrorCode.UpstreamTimeout, "the gateway was stopped before AKOOL answered the create");

    /// <summary>Opens the ledger and takes its sessions back. Errors: LedgerUnavailable; then nothing may be served.</summary>
    public async Task<Result<Done>> RunAsync(CancellationToken cancellation)
    {
        var opened = await runtime.Ledger.OpenAsync(runtime.Time.GetUtcNow() - SessionRegistry.Retention, cancellation);
        if (!opened.IsOk) return opened.Error;
        var (live, unanswered) = (0, 0);
        foreach (var record in opened.Value.OrderBy(record => record.CreateTime))
        {
            var session = new Session(record, runtime, BornAt(record));
            runtime.Registry.Restore(session);
            if (record.IsTerminal) runtime.Registry.Ended(session);
            else if (record.Upstream is null)
            {
                unanswered++;
                session.Creation = Task.FromResult<SessionError?>(Unanswered);
                session.Change(intent => SessionTransitions.Failed(intent, CloseReason.CreateAbandoned, Unanswered, runtime.Time.GetUtcNow()));
                runtime.Registry.Ended(session);
            }
            else
            {
                live++;
                TakeBack(session);
            }
        }
        Log.SessionsRecovered(runtime.Logger, live, unanswered);
        return Result.Done;
    }

    private void TakeBack(Session session)
    {
        session.Hold(runtime.Admission.Readmit(session.Owner));
        // Somebody was given it, as far as anyone knows: a repeat of its create that leaves must not close it.
        session.Waiters.Join();
        session.Waiters.Give();
        if (session.State == SessionState.Closing)
        {
            runtime.Closer.Resume(session);
            return;
        }
        // Whoever chatted has lost the stream with the old process: the detach grace counts from now.
        session.StreamsAttached(0);
        runtime.Leases.Begin(session);
        if (session.State == SessionState.Queueing) runtime.Poller.Follow(session);
        else runtime.Poller.Suspect(session, roomRefused: false);
    }

    private long BornAt(SessionRecord record)
    {
        var age = runtime.Time.GetUtcNow() - record.CreateTime;
        return runtime.Time.After(runtime.Time.GetTimestamp(), age > TimeSpan.Zero ? -age : TimeSpan.Zero);
    }
}
