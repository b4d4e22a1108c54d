using System.Diagnostics;
using Akool.Sessions.Chat;
using Akool.Sessions.Leases;
using Akool.Sessions.Life;

namespace Akool.Sessions;

/// <summary>
/// One session of this gateway while it matters: its record, its leases, its hub once somebody chats. A change is made under the lock, then told to the
/// ledger, the watchers and the hub outside it: the latter two in the order of the changes. Safe from any thread.
/// </summary>
internal sealed class Session
{
    // How long an interrupt may hold up what is sent next; AKOOL's pause takes "0.5 s to several seconds" by its documentation.
    private static readonly TimeSpan PauseLimit = TimeSpan.FromSeconds(5);

    private readonly SessionRuntime _runtime;
    private readonly Lock _gate = new(); // guards _record's replacement, _hub, _permit, _isForgotten, _untold and _isTelling
    private readonly Queue<Telling> _untold = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SessionRecord _record;
    private ChatHub? _hub;
    private Permit? _permit;
    private bool _isForgotten;
    private bool _isTelling;
    private long _turnsTaken;
    private long _turnsCompleted;
    private long _turnsNotCompleted;
    private long _framesSent;

    public Session(SessionRecord record, SessionRuntime runtime, long bornAt)
    {
        (_record, _runtime) = (record, runtime);
        Lease = new(record.Lease, bornAt, runtime.Time);
        (_turnsTaken, _turnsCompleted, _turnsNotCompleted) = (record.Usage.TurnsAccepted, record.Usage.TurnsCompleted, record.Usage.TurnsNotCompleted);
        if (record.IsTerminal) _ended.SetResult();
        if (record.State != SessionState.Queueing) _started.SetResult();
        // A create that was never answered is none to a repeat either.
        if (record is { State: SessionState.Failed, Upstream: null, Problem: { } problem }) Creation = Task.FromResult<SessionError?>(problem);
    }

    /// <summary>The error of a session that is not there for this caller. One text for all cases: it must not tell which.</summary>
    public static SessionError NotFound { get; } = new(SessionErrorCode.SessionNotFound, "there is no such session");

    /// <summary>The error of a session that has ended or is ending.</summary>
    public static SessionError NotActive { get; } = new(SessionErrorCode.SessionNotActive, "the session has ended or is ending");

    public SessionId Id => _record.Id;

    public OwnerId Owner => _record.Owner;

    public SessionState State => _record.State;

    public SessionRecord Record => _record;

    public SessionConfig Config => _record.Config;

    public ChatRoom? Room => _record.Room;

    public LeaseTimers Lease { get; }

    /// <summary>Done once it has left QUEUEING, whatever for.</summary>
    public Task Started => _started.Task;

    /// <summary>Done once it is CLOSED or FAILED.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The call to AKOOL that makes it; null error: it was made. Completed for sessions read from the ledger.</summary>
    public Task<SessionError?> Creation { get; set; } = Task.FromResult<SessionError?>(null);

    /// <summary>Links to the span that created it; null where it was not traced, or by another process.</summary>
    public ActivityLink[]? CreatedBy { get; private set; }

    /// <summary>Calls that wait for this session to be created.</summary>
    public CreateWaiters Waiters { get; } = new();

    /// <summary>Due time at which the lease sweep will look at it. The sweep's lock guards it.</summary>
    public long ScheduledAt { get; set; } = MonotonicTime.Never;

    /// <summary>The hub; made when it is first asked for.</summary>
    public ChatHub Hub
    {
        get
        {
            lock (_gate) return _hub ??= new ChatHub(this, _runtime);
        }
    }

    /// <summary>The hub, if anybody has chatted.</summary>
    public ChatHub? HubIfAny
    {
        get
        {
            lock (_gate) return _hub;
        }
    }

    /// <summary>Remembers the span that creates it, for what happens to it later.</summary>
    public void Traced(Activity? create)
    {
        if (create is { Recorded: true }) CreatedBy = [new ActivityLink(create.Context)];
    }

    /// <summary>Gives it the permit that it holds until AKOOL has confirmed its end.</summary>
    public void Hold(Permit permit)
    {
        lock (_gate) _permit = permit;
    }

    /// <summary>Its life and its leases begin now, however long it waited to be admitted.</summary>
    public void Begin()
    {
        lock (_gate) _record = _record with { CreateTime = _runtime.Time.GetUtcNow() };
        Lease.Begin();
    }

    /// <summary>
    /// Makes it a session that never was, which nothing can change any more. Whoever has found it meanwhile is told that it failed: its streams, with their
    /// turns, and those who watch it. False: it is being closed already.
    /// </summary>
    public bool TryForget(SessionError why) => Change(
        record =>
        {
            _isForgotten = record.State == SessionState.Queueing;
            return _isForgotten ? SessionTransitions.Failed(record, CloseReason.CreateAbandoned, why, _runtime.Time.GetUtcNow()) : null;
        },
        tellLedger: false);

    /// <summary>The session as it is now.</summary>
    public SessionSnapshot Snapshot() => SnapshotOf(_record);

    /// <summary>
    /// Makes a change, if it may be made from where the session is, and tells all who must know. The ledger hears of it with its next batch, unless
    /// <paramref name="tellLedger"/> is false because the caller writes it and waits.
    /// </summary>
    public bool Change(Func<SessionRecord, SessionRecord?> transition, bool tellLedger = true)
    {
        SessionRecord after;
        lock (_gate)
        {
            var before = _record;
            var changed = transition(before);
            if (changed is null) return false;
            _record = after = changed with { Revision = before.Revision + 1, Usage = UsageOf(changed) };
            if (before.State != after.State) _untold.Enqueue(new(before.State, after, _hub));
            if (after.IsTerminal)
            {
                _permit?.Dispose();
                (_permit, _hub) = (null, null); // what its streams are still owed, their calls hold
            }
        }
        if (after.IsTerminal) _runtime.Leases.Forget(this);
        if (tellLedger) _runtime.Ledger.Post(after);
        TellAll();
        return true;
    }

    /// <summary>A turn, an answer or a KeepSessionAlive: the idle lease starts anew.</summary>
    public void Touch() => Lease.Touch();

    /// <summary>So many chat streams are attached now.</summary>
    public void StreamsAttached(int count)
    {
        _runtime.Leases.Schedule(this, Lease.Attached(count));
    }

    public void TurnTaken() => Interlocked.Increment(ref _turnsTaken);

    public void TurnEnded(TurnOutcome outcome) => Interlocked.Increment(ref outcome == TurnOutcome.Completed ? ref _turnsCompleted : ref _turnsNotCompleted);

    /// <summary>A chat frame goes out: it resumes paused media.</summary>
    public void OnFrameSent()
    {
        Interlocked.Increment(ref _framesSent); // a full fence: a pause under way sees it, or it sees the pause
        if (State == SessionState.Paused) Change(SessionTransitions.Resumed);
    }

    /// <summary>Pauses the media. What a frame that goes out meanwhile has resumed, or will have, is not called paused. Errors: those of AKOOL.</summary>
    public async Task<Result<Done>> PauseAsync(UpstreamId upstream, CancellationToken cancellation)
    {
        var sent = Interlocked.Read(ref _framesSent);
        var paused = await _runtime.Api.PauseAsync(upstream, cancellation);
        if (!paused.IsOk || Interlocked.Read(ref _framesSent) != sent) return paused;
        Change(SessionTransitions.Paused);
        if (Interlocked.Read(ref _framesSent) != sent) Change(SessionTransitions.Resumed);
        return paused;
    }

    /// <summary>Pauses the media for an interrupt, within a limit; a failure is logged, since the turn has ended for its client whatever AKOOL does.</summary>
    public async Task PauseMediaAsync(CancellationToken stopping)
    {
        if (_record is not { Upstream: { } upstream, State: SessionState.Active }) return;
        using var limit = new CancellationTokenSource(PauseLimit, _runtime.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            var paused = await PauseAsync(upstream, linked.Token);
            if (!paused.IsOk) Log.PauseFailed(_runtime.Logger, Id, paused.Error.Code);
        }
        catch (OperationCanceledException)
        {
            Log.PauseFailed(_runtime.Logger, Id, SessionErrorCode.UpstreamTimeout);
        }
    }

    /// <summary>The socket says that something is wrong: AKOOL is asked what became of the session.</summary>
    public void Suspect(bool roomRefused) => _runtime.Poller.Suspect(this, roomRefused);

    // One teller at a time keeps the order. A change that is made meanwhile is told by whoever tells.
    private void TellAll()
    {
        while (true)
        {
            Telling next;
            lock (_gate)
            {
                if (_isTelling || !_untold.TryDequeue(out next)) return;
                _isTelling = true;
            }
            try { Tell(next); }
            finally
            {
                lock (_gate) _isTelling = false;
            }
        }
    }

    private void Tell(Telling telling)
    {
        var (before, after, hub) = telling;
        if (after.State != SessionState.Queueing) _started.TrySetResult();
        var snapshot = SnapshotOf(after);
        _runtime.Feed.Publish(before, snapshot, _isForgotten);
        hub?.OnSessionChanged(snapshot);
        if (!after.IsTerminal) return;
        if (!_isForgotten) _runtime.Telemetry.SessionEnded(after);
        _ended.TrySetResult();
    }

    private SessionSnapshot SnapshotOf(SessionRecord record)
    {
        var ending = record.State is SessionState.Closing or SessionState.Closed or SessionState.Failed;
        return new(record with { Usage = UsageOf(record) }, ending && record.IsTerminal ? 0 : Lease.AttachedCount,
            record.CreateTime + record.Lease.MaxDuration, ending ? null : _runtime.Time.GetUtcNow() + Lease.IdleLeft());
    }

    private SessionUsage UsageOf(SessionRecord record)
    {
        var active = record.ActiveTime is not { } since ? TimeSpan.Zero : (record.EndTime ?? _runtime.Time.GetUtcNow()) - since;
        return new(active > TimeSpan.Zero ? active : TimeSpan.Zero,
            Interlocked.Read(ref _turnsTaken), Interlocked.Read(ref _turnsCompleted), Interlocked.Read(ref _turnsNotCompleted));
    }

    private readonly record struct Telling(SessionState Before, SessionRecord After, ChatHub? Hub);
}
