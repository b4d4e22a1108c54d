using Akool.Sessions.Ports;

namespace Akool.Sessions.Life;

/// <summary>What comparing AKOOL's list with our own has found.</summary>
/// <param name="Orphans">Live at AKOOL; unknown or ended here.</param>
/// <param name="Stale">Live here; ended at AKOOL. Put right.</param>
/// <param name="Closed">How many orphans were closed.</param>
public sealed record Reconciliation(IReadOnlyList<UpstreamId> Orphans, IReadOnlyList<SessionId> Stale, int Closed);

/// <summary>
/// Compares AKOOL's list of sessions with our own, slowly and for ever. What AKOOL has ended is put right; what nobody owns is reported, and closed where
/// the account is ours alone. A session of ours that was lost before it was written down cannot be told from a stranger's: AKOOL's create takes no mark.
/// </summary>
internal sealed class Reconciler(SessionRuntime runtime, SessionCreation creation) : IDisposable
{
    // An orphan counts as one when it was still there at least this long after it was first seen. Longer than a ledger write after AKOOL's answer.
    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PeriodOfLedger = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PeriodOfAccount = TimeSpan.FromSeconds(10);
    private const int PageSize = 100;

    // 100 000 sessions; a list that never ends is AKOOL's fault, not our loop.
    private const int MaxPages = 1000;

    private readonly SemaphoreSlim _one = new(1);
    private Dictionary<UpstreamId, long> _firstSeen = [];

    /// <summary>Orphans found by the last comparison.</summary>
    public int OrphanCount => Volatile.Read(ref _orphanCount);

    private int _orphanCount;

    /// <summary>Compares until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var isOurs = runtime.Limits.ReconcileScope == ReconcileScope.Account;
        using var timer = new PeriodicTimer(isOurs ? PeriodOfAccount : PeriodOfLedger, runtime.Time);
        try
        {
            do
            {
                runtime.Registry.ForgetOld();
                var found = await RunOnceAsync(isOurs ? Reaped.All : Reaped.EndedHere, MinAge, stopping);
                if (!found.IsOk && !stopping.IsCancellationRequested) Log.ReconcileFailed(runtime.Logger, found.Error.Code);
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>
    /// Compares once. Of the orphans that were first seen <paramref name="minAge"/> ago those are closed that <paramref name="reaped"/> says. Errors: those of
    /// AKOOL's list.
    /// </summary>
    public async Task<Result<Reconciliation>> RunOnceAsync(Reaped reaped, TimeSpan minAge, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            // Our own sessions first: one that is closed while AKOOL's list is read must not look like an orphan, nor a new one like a stale one.
            var ours = runtime.Registry.All.Where(session => session.Record is { Upstream: not null, IsTerminal: false }).ToList();
            var listed = await ListAsync(cancellation);
            if (!listed.IsOk) return listed.Error;
            var stale = await PutRightAsync(ours, listed.Value, cancellation);
            var orphans = FindOrphans(listed.Value, ours, minAge);
            var closed = await CloseAsync(Chosen(orphans, reaped), cancellation);
            if (orphans.Count > Volatile.Read(ref _orphanCount)) Log.OrphansFound(runtime.Logger, orphans.Count, closed);
            Volatile.Write(ref _orphanCount, orphans.Count - closed);
            return new Reconciliation(orphans, stale, closed);
        }
        finally { _one.Release(); }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<Result<Dictionary<UpstreamId, UpstreamStatus>>> ListAsync(CancellationToken cancellation)
    {
        var live = new Dictionary<UpstreamId, UpstreamStatus>();
        foreach (var status in (UpstreamStatus[])[UpstreamStatus.Queueing, UpstreamStatus.Processing])
        {
            var seen = new HashSet<UpstreamId>();
            for (var page = 1; page <= MaxPages; page++)
            {
                var listed = await runtime.Api.ListAsync(page, PageSize, status, cancellation);
                if (!listed.IsOk) return listed.Error;
                var news = 0;
                foreach (var session in listed.Value.Sessions)
                {
                    if (seen.Add(session.Id)) news++;
                    // A server that ignores the filter is tolerated: the status of each item decides.
                    if (session.Status is UpstreamStatus.Queueing or UpstreamStatus.Processing) live[session.Id] = session.Status;
                }
                // Nor need it obey the page or its size: one that brings nothing new is the last.
                if (news == 0 || (listed.Value.Total is { } total ? seen.Count >= total : listed.Value.Sessions.Count < PageSize)) break;
            }
        }
        return live;
    }

    // What the list does not show as live is asked for by itself before it is believed: pages move while they are read.
    private async Task<List<SessionId>> PutRightAsync(List<Session> ours, Dictionary<UpstreamId, UpstreamStatus> live, CancellationToken cancellation)
    {
        var stale = new List<SessionId>();
        foreach (var session in ours)
        {
            if (session.Record.IsTerminal || session.Record.Upstream is not { } upstream || live.ContainsKey(upstream)) continue;
            var detail = await runtime.Api.DetailAsync(upstream, cancellation);
            await runtime.Poller.ApplyAsync(session, StatusPoller.StatusOf(detail), roomRefused: false);
            if (session.Record.IsTerminal) stale.Add(session.Id);
        }
        return stale;
    }

    private List<UpstreamId> FindOrphans(Dictionary<UpstreamId, UpstreamStatus> live, List<Session> ours, TimeSpan minAge)
    {
        // What appeared after a create that AKOOL has not answered yet may be what it will answer with. Asked before the registry: what ends between is there.
        var underWay = creation.OldestUnderWay;
        var now = runtime.Time.GetTimestamp(); // after the list: what began while it was read is not older than that
        var known = ours.Select(session => session.Record.Upstream!.Value).ToHashSet();
        foreach (var session in runtime.Registry.All)
            if (session.Record is { Upstream: { } upstream, IsTerminal: false }) known.Add(upstream); // made while the list was read
        var seen = new Dictionary<UpstreamId, long>();
        foreach (var id in live.Keys)
            if (!known.Contains(id)) seen[id] = _firstSeen.GetValueOrDefault(id, now);
        _firstSeen = seen;
        return [.. seen.Where(orphan => runtime.Time.After(orphan.Value, minAge) <= now && orphan.Value < underWay).Select(orphan => orphan.Key)];
    }

    private List<UpstreamId> Chosen(List<UpstreamId> orphans, Reaped reaped)
    {
        if (reaped == Reaped.None) return [];
        if (orphans.Count == 0 || reaped == Reaped.All) return orphans;
        var ended = runtime.Registry.All.Where(session => session.Record.IsTerminal).Select(session => session.Record.Upstream).OfType<UpstreamId>().ToHashSet();
        return [.. orphans.Where(ended.Contains)];
    }

    private async Task<int> CloseAsync(List<UpstreamId> orphans, CancellationToken cancellation)
    {
        var closed = 0;
        foreach (var orphan in orphans)
        {
            using var span = Telemetry.Begin("session reap");
            var reaped = await runtime.Api.CloseAsync(orphan, cancellation);
            Telemetry.Tell(span, reaped.Error);
            if (!reaped.IsOk) continue;
            closed++;
            runtime.Telemetry.OrphanReaped();
        }
        return closed;
    }
}

/// <summary>Which orphans are closed.</summary>
internal enum Reaped
{
    /// <summary>None: they are only told.</summary>
    None,

    /// <summary>Those that are known to be ours, since we hold them for ended.</summary>
    EndedHere,
    All,
}
