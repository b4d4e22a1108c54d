using System.Threading.Channels;

namespace Akool.Sessions;

/// <summary>One change of a session, for those who watch.</summary>
/// <param name="Before">The state before; null where this tells the present state.</param>
/// <param name="Session">The session after the change.</param>
/// <param name="Time">When it changed.</param>
public sealed record SessionChange(SessionState? Before, SessionSnapshot Session, DateTimeOffset Time)
{
    /// <summary>Of a session that never was: only who has seen it is told.</summary>
    internal bool IsForgotten { get; init; }
}

/// <summary>Tells the changes of sessions to those who watch them. Safe from any thread.</summary>
internal sealed class SessionFeed(TimeProvider time)
{
    private readonly Lock _gate = new(); // guards the replacement of _watches
    private SessionWatch[] _watches = [];

    public SessionWatch Watch(OwnerId owner, SessionId? session)
    {
        var watch = new SessionWatch(this, owner, session);
        lock (_gate) _watches = [.. _watches, watch];
        return watch;
    }

    public void Publish(SessionState before, SessionSnapshot session, bool isForgotten = false)
    {
        var watches = Volatile.Read(ref _watches);
        if (watches.Length == 0) return;
        var change = new SessionChange(before, session, time.GetUtcNow()) { IsForgotten = isForgotten };
        foreach (var watch in watches) watch.Offer(change);
    }

    /// <summary>Ends all watches with an error.</summary>
    public void End(SessionError error)
    {
        foreach (var watch in Volatile.Read(ref _watches)) watch.End(error);
    }

    internal void Remove(SessionWatch watch)
    {
        lock (_gate) _watches = [.. _watches.Where(other => other != watch)];
    }
}

/// <summary>
/// One watcher's view of an owner's sessions, or of one of them. Bounded: a watcher that reads too slowly is ended with
/// <see cref="SessionErrorCode.SlowConsumer"/>. Dispose it when done.
/// </summary>
public sealed class SessionWatch : IDisposable
{
    private const int MaxWaiting = 4096;

    private readonly Lock _gate = new(); // guards all below against the changes that come while the present is read
    private readonly SessionFeed _feed;
    private readonly OwnerId _owner;
    private readonly SessionId? _session;
    private readonly Channel<SessionChange> _changes = Channel.CreateBounded<SessionChange>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    // What comes while the present is read; null from then on.
    private List<SessionChange>? _early = [];

    // The revisions that Present tells. A change is on its way for a moment after a reader of the present can see it.
    private Dictionary<SessionId, long> _told = [];

    private bool _isOver;

    internal SessionWatch(SessionFeed feed, OwnerId owner, SessionId? session) => (_feed, _owner, _session) = (feed, owner, session);

    /// <summary>The present state of each session watched, newest first; tell it before the changes.</summary>
    public IReadOnlyList<SessionSnapshot> Present { get; private set; } = [];

    /// <summary>The changes since <see cref="Present"/> was taken; completed when nothing more will come (a watched session has ended).</summary>
    public ChannelReader<SessionChange> Changes => _changes.Reader;

    /// <summary>Why it ended, where it was not for the end of the one session watched.</summary>
    public SessionError? Error { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed.Remove(this);
        lock (_gate) Complete(error: null);
    }

    // What has come since the watch was begun may be in the present already.
    internal void Begin(IReadOnlyList<SessionSnapshot> present)
    {
        lock (_gate)
        {
            Present = present;
            _told = present.ToDictionary(session => session.Record.Id, session => session.Record.Revision);
            var early = _early!;
            _early = null;
            foreach (var change in early) AddNews(change);
            if (_session is null) return;
            if (present.Count == 0) Complete(Session.NotFound); // it was there a moment ago; nothing of it will come
            else if (present[0].Record.IsTerminal) Complete(error: null);
        }
    }

    internal void End(SessionError error)
    {
        lock (_gate) Complete(error);
    }

    internal void Offer(SessionChange change)
    {
        var record = change.Session.Record;
        if (record.Owner != _owner || (_session is { } only && only != record.Id)) return;
        lock (_gate)
        {
            if (_early is null) AddNews(change);
            else _early.Add(change);
        }
    }

    // The changes of one session come in order: after the first one that is news, all are.
    private void AddNews(SessionChange change)
    {
        var record = change.Session.Record;
        if (record.Revision <= _told.GetValueOrDefault(record.Id) || (change.IsForgotten && !_told.ContainsKey(record.Id))) return;
        _told.Remove(record.Id);
        if (!_changes.Writer.TryWrite(change)) Complete(new(SessionErrorCode.SlowConsumer, $"more than {MaxWaiting} changes wait; watch again, and read faster"));
        else if (_session is not null && record.IsTerminal) Complete(error: null);
    }

    // Under _gate. The error first: whoever reads the end of the changes looks for it at once, without the lock.
    private void Complete(SessionError? error)
    {
        if (_isOver) return;
        (_isOver, Error) = (true, error);
        _changes.Writer.TryComplete();
    }
}
