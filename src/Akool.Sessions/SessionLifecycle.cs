using Akool.Sessions.Chat;
using Akool.Sessions.Life;
using Akool.Sessions.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Akool.Sessions;

/// <summary>
/// The sessions of this gateway, for those who call it: create, read, chat, close, watch. A session of another owner is not there. Safe from any
/// thread, once <see cref="StartAsync"/> is done.
/// </summary>
public sealed class SessionLifecycle : IAsyncDisposable
{
    private readonly SessionRuntime _runtime;
    private readonly SessionCreation _creation;
    private readonly Reconciler _reconciler;

    public SessionLifecycle(
        IAvatarApi api, IChatSocketFactory sockets, ISessionLedger ledger, IOptions<SessionLimits> limits, IOptions<ChatLimits> chatLimits,
        Telemetry telemetry, TimeProvider time, ILogger<SessionLifecycle> logger)
    {
        _runtime = new(api, sockets, ledger, limits.Value, chatLimits.Value, telemetry, time, logger, Random.Shared.NextDouble);
        _creation = new(_runtime);
        _reconciler = new(_runtime, _creation);
        Admin = new(_runtime, _reconciler);
        telemetry.Observe(_runtime, () => _reconciler.OrphanCount);
    }

    /// <summary>What operators may do.</summary>
    public SessionAdmin Admin { get; }

    /// <summary>What the tests look at for what is left over.</summary>
    internal SessionRuntime Runtime => _runtime;

    /// <summary>Opens the ledger and takes back what it knows. Errors: LedgerUnavailable; then nothing may be served.</summary>
    public Task<Result<Done>> StartAsync(CancellationToken cancellation) => new SessionRecovery(_runtime).RunAsync(cancellation);

    /// <summary>Keeps leases, polls and reconciles until it is stopped.</summary>
    public Task RunAsync(CancellationToken stopping) =>
        Task.WhenAll(_runtime.Leases.RunAsync(stopping), _runtime.Poller.RunAsync(stopping), _reconciler.RunAsync(stopping));

    /// <inheritdoc cref="SessionCreation.CreateAsync"/>
    public Task<Result<SessionSnapshot>> CreateAsync(NewSession request, CancellationToken caller) => _creation.CreateAsync(request, caller);

    /// <summary>Reads a session. Errors: SessionNotFound.</summary>
    public Result<SessionSnapshot> Get(OwnerId owner, SessionId id) =>
        _runtime.Registry.Find(owner, id) is { } session ? session.Snapshot() : Session.NotFound;

    /// <summary>One page of an owner's sessions, newest first.</summary>
    public SessionPage List(SessionQuery query) => _runtime.Registry.List(query);

    /// <summary>Pauses the media; the next turn resumes it. Errors: SessionNotFound, SessionNotActive, those of AKOOL.</summary>
    public async Task<Result<SessionSnapshot>> PauseAsync(OwnerId owner, SessionId id, CancellationToken caller)
    {
        if (_runtime.Registry.Find(owner, id) is not { } session) return Session.NotFound;
        if (session.State == SessionState.Paused) return session.Snapshot();
        if (session is not { State: SessionState.Active, Record.Upstream: { } upstream }) return Session.NotActive;
        var paused = await session.PauseAsync(upstream, caller);
        if (paused.Error?.UpstreamCode is 1216 or 1219)
        {
            session.Suspect(roomRefused: false); // it is gone at AKOOL, and we were not told
            return Session.NotActive;
        }
        if (!paused.IsOk) return paused.Error;
        return session.State is SessionState.Paused or SessionState.Active ? session.Snapshot() : Session.NotActive;
    }

    /// <summary>
    /// Closes a session, and with <paramref name="wait"/> waits for AKOOL's confirmation. Repeating it does no harm, and a caller who leaves does not stop it.
    /// Errors: SessionNotFound; Canceled where the caller left first, GatewayDraining where the gateway did: the ledger knows what is left.
    /// </summary>
    public async Task<Result<SessionSnapshot>> CloseAsync(OwnerId owner, SessionId id, bool wait, CancellationToken caller)
    {
        if (_runtime.Registry.Find(owner, id) is not { } session) return Session.NotFound;
        _runtime.Closer.Begin(session, CloseReason.ClientRequested);
        if (!wait) return session.Snapshot();
        try { await Task.WhenAny(session.Ended, _runtime.DrainOver).WaitAsync(caller); }
        catch (OperationCanceledException)
        {
            return new SessionError(SessionErrorCode.Canceled, "the caller left before AKOOL confirmed the end; the session is being closed all the same");
        }
        if (!session.Ended.IsCompleted) return _runtime.Draining!;
        return session.Snapshot();
    }

    /// <summary>Renews the idle lease. Errors: SessionNotFound, SessionNotActive.</summary>
    public Result<SessionSnapshot> KeepAlive(OwnerId owner, SessionId id)
    {
        if (_runtime.Registry.Find(owner, id) is not { } session) return Session.NotFound;
        if (session.Record.IsTerminal || session.State == SessionState.Closing) return Session.NotActive;
        session.Touch();
        return session.Snapshot();
    }

    /// <summary>Follows the state of an owner's sessions, or of one. Errors: SessionNotFound, GatewayDraining.</summary>
    public Result<SessionWatch> Watch(OwnerId owner, SessionId? id)
    {
        if (id is { } one && _runtime.Registry.Find(owner, one) is null) return Session.NotFound;
        var watch = _runtime.Feed.Watch(owner, id);
        if (_runtime.Draining is { } draining) // after it has joined: a drain that begins now ends it
        {
            watch.Dispose();
            return draining;
        }
        watch.Begin([.. _runtime.Registry.All.Where(session => session.Owner == owner && (id is null || session.Id == id))
            .OrderByDescending(session => session.Record.CreateTime).Select(session => session.Snapshot())]);
        return watch;
    }

    /// <summary>
    /// Joins a session's chat; the events go to <paramref name="sink"/> until the attachment is detached, which the caller must do. Errors: SessionNotFound, SessionNotActive, GatewayDraining, InvalidField.
    /// </summary>
    public Result<ChatAttachment> Attach(OwnerId owner, ChatAttach attach, IChatSink sink)
    {
        if (_runtime.Registry.Find(owner, attach.Session) is not { } session) return Session.NotFound;
        return session.Record.IsTerminal ? Session.NotActive : session.Hub.Attach(attach, sink);
    }

    /// <summary>Stops creating and closing; what is left is in the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        await _creation.DisposeAsync();
        await _runtime.Closer.DisposeAsync();
        foreach (var session in _runtime.Registry.All)
            if (session.HubIfAny is { } hub) await hub.CloseAsync();
        await _runtime.Clock.DisposeAsync();
        _reconciler.Dispose();
    }
}
