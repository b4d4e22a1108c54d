using Akool.Sessions.Chat;
using Akool.Sessions.Life;

namespace Akool.Sessions;

/// <summary>What operators may see and do, over all owners. Safe from any thread.</summary>
public sealed class SessionAdmin
{
    // How often a drain looks whether the running turns have ended.
    private static readonly TimeSpan DrainPeriod = TimeSpan.FromMilliseconds(100);

    // What a drain leaves for the calls that it ended to be written out and for AKOOL to confirm the closes.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(4);

    private readonly SessionRuntime _runtime;
    private readonly Reconciler _reconciler;

    internal SessionAdmin(SessionRuntime runtime, Reconciler reconciler) => (_runtime, _reconciler) = (runtime, reconciler);

    /// <summary>Each limit in force and its use.</summary>
    public IReadOnlyList<LimitUse> Limits => _runtime.Admission.Uses;

    /// <summary>Whether the gateway is going down.</summary>
    public bool IsDraining => _runtime.Draining is not null;

    /// <summary>Chat streams attached to this gateway.</summary>
    public int ChatStreams => _runtime.Registry.All.Sum(session => session.Record.IsTerminal ? 0 : session.Lease.AttachedCount);

    /// <summary>Websockets held to AKOOL.</summary>
    public int UpstreamConnections => _runtime.Telemetry.OpenConnections;

    /// <summary>How many sessions are in each state.</summary>
    public IReadOnlyDictionary<SessionState, int> States =>
        _runtime.Registry.All.GroupBy(session => session.State).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>Sessions at AKOOL that nobody owns, by the last comparison.</summary>
    public int Orphans => _reconciler.OrphanCount;

    /// <summary>Compares AKOOL's list with ours; closes orphans with <paramref name="force"/>, none without. Errors: those of AKOOL.</summary>
    public Task<Result<Reconciliation>> ReconcileAsync(bool force, TimeSpan minAge, CancellationToken cancellation) =>
        _reconciler.RunOnceAsync(force ? Reaped.All : Reaped.None, minAge, cancellation);

    /// <summary>The live sessions of an owner (null: of all) with all of these labels; with <paramref name="force"/> their close is begun.</summary>
    public IReadOnlyList<SessionSnapshot> CloseMatching(OwnerId? owner, IReadOnlyDictionary<string, string> labels, bool force)
    {
        var matches = _runtime.Registry.All
            .Where(session => !session.Record.IsTerminal && (owner is null || session.Owner == owner) && SessionRegistry.Matches(session.Record, [], labels))
            .ToList();
        if (force) foreach (var session in matches) _runtime.Closer.Begin(session, CloseReason.AdminRequested);
        return [.. matches.Select(session => session.Snapshot())];
    }

    /// <summary>
    /// Takes the gateway out of service: nothing new is begun, every stream is told to go away, running turns may finish within <paramref name="grace"/>, then
    /// the streams end with GatewayDraining and, with <paramref name="closeSessions"/>, all sessions are closed. Gives the streams ended and sessions closed.
    /// </summary>
    public async Task<(int StreamsEnded, int SessionsClosed)> DrainAsync(TimeSpan grace, bool closeSessions, CancellationToken cancellation)
    {
        var draining = new SessionError(SessionErrorCode.GatewayDraining, "this gateway is going down; another replica will serve") { RetryAfter = TimeSpan.FromSeconds(1) };
        _runtime.Draining = draining;
        var streams = ChatStreams;
        Log.DrainBegun(_runtime.Logger, streams, grace);
        foreach (var session in _runtime.Registry.All) session.HubIfAny?.GoAway(GoAwayReason.GatewayDraining, grace);
        await WaitForTurnsAsync(grace, cancellation);
        foreach (var session in _runtime.Registry.All) session.HubIfAny?.EndStreams(draining);
        if (!closeSessions)
        {
            _runtime.Feed.End(draining);
            return (streams, 0);
        }
        var open = _runtime.Registry.All.Where(session => !session.Record.IsTerminal).ToList();
        foreach (var session in open) _runtime.Closer.Begin(session, CloseReason.GatewayDrained);
        try { await Task.WhenAll(open.Select(session => session.Ended)).WaitAsync(CloseLimit, _runtime.Time, cancellation); }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException) { }
        _runtime.Feed.End(draining);
        _runtime.EndDrain();
        var left = open.Count(session => !session.Record.IsTerminal);
        Log.DrainDone(_runtime.Logger, streams, open.Count - left, left);
        return (streams, open.Count - left);
    }

    private async Task WaitForTurnsAsync(TimeSpan grace, CancellationToken cancellation)
    {
        var until = _runtime.Time.After(_runtime.Time.GetTimestamp(), grace);
        using var timer = new PeriodicTimer(DrainPeriod, _runtime.Time);
        try
        {
            while (_runtime.Time.GetTimestamp() < until && _runtime.Registry.All.Any(session => session.HubIfAny?.OpenTurns > 0))
                await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException) { }
    }
}
