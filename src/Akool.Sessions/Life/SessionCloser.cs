namespace Akool.Sessions.Life;

/// <summary>
/// Ends sessions: at AKOOL, for as long as it takes, whatever the reason. It owns a task for each session that is being closed, until AKOOL has confirmed
/// the end or the gateway stops; then the ledger knows what is left. Safe from any thread.
/// </summary>
internal sealed class SessionCloser(SessionRuntime runtime) : IAsyncDisposable
{
    // Calls to AKOOL at once: a drain of a thousand sessions must neither take minutes nor look like an attack.
    private const int MaxCalls = 64;

    private static readonly TimeSpan Floor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Cap = TimeSpan.FromMinutes(1);

    private readonly Nursery _closings = new();
    private readonly SemaphoreSlim _calls = new(MaxCalls);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Done when no session is being closed.</summary>
    public Task WhenIdleAsync() => _closings.WhenAllAsync();

    /// <summary>Begins to close a session. False: it has ended or is being closed already.</summary>
    public bool Begin(Session session, CloseReason reason, SessionError? problem = null)
    {
        if (!session.Change(record => SessionTransitions.Closing(record, reason, problem))) return false;
        Log.SessionClosing(runtime.Logger, session.Id, reason);
        _closings.Add(CloseAsync(session));
        return true;
    }

    /// <summary>Goes on with a session that was CLOSING when the ledger was read.</summary>
    public void Resume(Session session) => _closings.Add(CloseAsync(session));

    /// <summary>AKOOL says that the session has ended: nothing is left to be closed there.</summary>
    public async Task EndedUpstreamAsync(Session session, CloseReason reason, SessionError? problem)
    {
        // An answer to a running turn is lost with the session; the turns are ended before the streams hear of the end.
        await CloseHubAsync(session);
        if (End(session, reason, problem)) runtime.Registry.Ended(session);
    }

    /// <summary>Stops trying; done when no call is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _closings.WhenAllAsync();
        _calls.Dispose();
        _stopping.Dispose();
    }

    private async Task CloseAsync(Session session)
    {
        await Task.Yield(); // the caller may hold up a sweep
        var since = runtime.Time.GetTimestamp();
        await CloseHubAsync(session);
        await session.Creation; // until AKOOL has answered the create it is not known what to close
        if (session.Record.IsTerminal) return;
        if (session.Record.Upstream is not { } upstream)
        {
            // Nothing was begun: it is as if it had never been asked for, and its request id is free again.
            runtime.Registry.Remove(session);
            runtime.Ledger.Forget(session.Record);
            End(session, CloseReason.CreateAbandoned, problem: null, tellLedger: false);
            return;
        }
        for (var attempt = 0; await TryCloseAsync(session, upstream, attempt, since) is { } wait; attempt++)
        {
            try { await Task.Delay(wait, runtime.Time, _stopping.Token); }
            catch (OperationCanceledException) { return; }
            if (session.Record.IsTerminal) return; // AKOOL has told its end otherwise
        }
        runtime.Telemetry.CloseConfirmed(runtime.Time.GetElapsedTime(since));
        await EndedUpstreamAsync(session, CloseReason.None, problem: null);
    }

    private bool End(Session session, CloseReason reason, SessionError? problem, bool tellLedger = true)
    {
        var now = runtime.Time.GetUtcNow();
        var ended = problem is null
            ? session.Change(record => SessionTransitions.Closed(record, reason, now), tellLedger)
            : session.Change(record => SessionTransitions.Failed(record, reason, problem, now));
        if (!ended) return false;
        runtime.Leaks.Ended(session.Id);
        Log.SessionEnded(runtime.Logger, session.Id, session.State, session.Record.CloseReason);
        return true;
    }

    // A fault of the chat must not keep a session open that costs money.
    private async Task CloseHubAsync(Session session)
    {
        try
        {
            if (session.HubIfAny is { } hub) await hub.CloseAsync();
        }
        catch (Exception bug)
        {
            Log.ChatNotClosed(runtime.Logger, session.Id, bug);
        }
    }

    // Null: confirmed. Otherwise how long to wait before the next try.
    private async Task<TimeSpan?> TryCloseAsync(Session session, UpstreamId upstream, int attempt, long since)
    {
        using var span = Telemetry.Begin("session close", session.CreatedBy);
        try
        {
            await _calls.WaitAsync(_stopping.Token);
            try
            {
                var closed = await runtime.Api.CloseAsync(upstream, _stopping.Token);
                if (closed.IsOk || closed.Error.Code == SessionErrorCode.SessionNotFound) return null; // what AKOOL does not know cannot cost
                _stopping.Token.ThrowIfCancellationRequested(); // it failed because it was stopped
                Telemetry.Tell(span, closed.Error);
                runtime.Leaks.NotConfirmed(session.Id, since);
                session.Change(record => SessionTransitions.CloseFailed(record, closed.Error));
                if (session.Record.IsTerminal) runtime.Leaks.Ended(session.Id); // AKOOL has told its end meanwhile
                var wait = Backoff.For(attempt, Floor, Cap, (1 + runtime.Jitter()) / 2);
                if (closed.Error.RetryAfter is { } told && told > wait) wait = told;
                Log.CloseNotConfirmed(runtime.Logger, session.Id, closed.Error.Code, closed.Error.UpstreamCode, attempt + 1, wait);
                session.HubIfAny?.EndStreams(Session.NotActive); // they waited for the confirmation; it may take long
                return wait;
            }
            finally { _calls.Release(); }
        }
        catch (OperationCanceledException) { return TimeSpan.FromDays(1); } // stopping: the wait is cut short
    }
}
