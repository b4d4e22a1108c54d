using System.Threading.Channels;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Life;

/// <summary>
/// Asks AKOOL what became of sessions: of those that queue, again and again with a jittered interval that grows from 1 s to 5 s; of those whose socket was
/// lost, once and soon. One loop for all. Safe from any thread.
/// </summary>
internal sealed class StatusPoller(SessionRuntime runtime)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Floor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(5);

    // A fresh session is asked for sooner: AKOOL often has a server at once.
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(300);

    // Calls at once; what is due beyond that waits for the next round.
    private const int MaxCalls = 32;

    private readonly Lock _gate = new(); // guards _suspects
    private readonly Dictionary<Session, bool> _suspects = []; // that wait to be asked for; whether the room refused
    private readonly PriorityQueue<Poll, long> _queue = new();
    private readonly Channel<Poll> _incoming = Channel.CreateUnbounded<Poll>(new() { SingleReader = true }); // at most two for each session
    private readonly Nursery _calls = new();

    /// <summary>Follows a session until it leaves QUEUEING.</summary>
    public void Follow(Session session) => _incoming.Writer.TryWrite(new(session, 0, IsSuspect: false, DueIn(First)));

    /// <summary>
    /// Asks for one session soon, once for all who suspect it until then. With <paramref name="roomRefused"/> it is asked for until AKOOL says what became of
    /// it; one that AKOOL still calls running is of no use, and is closed.
    /// </summary>
    public void Suspect(Session session, bool roomRefused) => Suspect(session, roomRefused, 0, runtime.Time.GetTimestamp());

    private void Suspect(Session session, bool roomRefused, int attempt, long due)
    {
        lock (_gate)
        {
            var waits = _suspects.TryGetValue(session, out var refused);
            _suspects[session] = refused || roomRefused;
            if (waits) return;
        }
        _incoming.Writer.TryWrite(new(session, attempt, IsSuspect: true, due));
    }

    /// <summary>Polls until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period, runtime.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                while (_incoming.Reader.TryRead(out var poll)) _queue.Enqueue(poll, poll.Due);
                var now = runtime.Time.GetTimestamp();
                while (_calls.Count < MaxCalls && _queue.TryPeek(out var poll, out var due) && due <= now)
                {
                    _queue.Dequeue();
                    _calls.Add(AskAsync(poll, stopping));
                }
            }
        }
        catch (OperationCanceledException) { }
        await _calls.WhenAllAsync();
    }

    private async Task AskAsync(Poll poll, CancellationToken stopping)
    {
        var session = poll.Session;
        var roomRefused = false;
        if (poll.IsSuspect)
            lock (_gate) _suspects.Remove(session, out roomRefused);
        if (session.Record is not { IsTerminal: false, State: not SessionState.Closing, Upstream: { } upstream }) return;
        Result<UpstreamSession> detail;
        try { detail = await runtime.Api.DetailAsync(upstream, stopping); }
        catch (OperationCanceledException) { return; }
        await ApplyAsync(session, StatusOf(detail), roomRefused);
        var next = NextAfter(poll, detail.Error);
        if (roomRefused) Suspect(session, roomRefused: true, poll.Attempt + 1, next);
        else if (!poll.IsSuspect && session.State == SessionState.Queueing) _incoming.Writer.TryWrite(poll with { Attempt = poll.Attempt + 1, Due = next });
    }

    /// <summary>What an answer about one session says of it: the errors of one that is gone say that it has ended, others say nothing.</summary>
    public static UpstreamStatus StatusOf(Result<UpstreamSession> detail)
    {
        if (detail.IsOk) return detail.Value.Status;
        return detail.Error is { Code: SessionErrorCode.SessionNotFound } or { UpstreamCode: 1216 or 1219 } ? UpstreamStatus.Completed : UpstreamStatus.Unknown;
    }

    /// <summary>Applies what AKOOL says of a session.</summary>
    public async Task ApplyAsync(Session session, UpstreamStatus status, bool roomRefused)
    {
        switch (status)
        {
            case UpstreamStatus.Processing when roomRefused:
                runtime.Closer.Begin(session, CloseReason.UpstreamFailed, new(SessionErrorCode.UpstreamProtocol, "AKOOL calls the session running but refuses its chat room"));
                break;
            case UpstreamStatus.Processing:
                session.Change(record => SessionTransitions.Activated(record, runtime.Time.GetUtcNow()));
                break;
            case UpstreamStatus.Completed:
                await runtime.Closer.EndedUpstreamAsync(session, CloseReason.UpstreamEnded, problem: null);
                break;
            case UpstreamStatus.Failed:
                await runtime.Closer.EndedUpstreamAsync(session, CloseReason.UpstreamFailed, new(SessionErrorCode.UpstreamUnavailable, "AKOOL reports that the session has failed"));
                break;
        }
    }

    private long NextAfter(Poll poll, SessionError? error)
    {
        var interval = TimeSpan.FromSeconds(Math.Min(Cap.TotalSeconds, Floor.TotalSeconds * Math.Pow(1.5, poll.Attempt)));
        var wait = interval * (0.8 + 0.4 * runtime.Jitter());
        if (error?.RetryAfter is { } told && told > wait) wait = told;
        return DueIn(wait);
    }

    private long DueIn(TimeSpan wait) => runtime.Time.After(runtime.Time.GetTimestamp(), wait);

    private sealed record Poll(Session Session, int Attempt, bool IsSuspect, long Due);
}
