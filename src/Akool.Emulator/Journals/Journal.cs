using System.Text;
using Akool.Emulator.Faults;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Journals;

/// <summary>
/// Everything that went over the wire, in order: kept in memory up to the capacity, and appended to a file where one is named. Writing
/// never waits. Waiting members count the past too, as far as it is kept; give each a limit. Safe from any thread.
/// </summary>
public sealed class Journal : IAsyncDisposable
{
    private readonly EmulatorOptions _options;
    private readonly JournalFile? _file;
    private readonly Lock _gate = new(); // guards all below
    private readonly Queue<JournalEntry> _entries = new();
    private readonly List<Waiter> _waiters = [];
    private long _count;

    internal Journal(EmulatorOptions options)
    {
        _options = options;
        _file = options.KeepJournal && options.JournalPath is { } path ? new JournalFile(path) : null;
    }

    private sealed record Waiter(Func<JournalEntry, bool> Match, TaskCompletionSource<JournalEntry> Done)
    {
        public int Missing { get; set; }
    }

    /// <summary>The entries in memory, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    /// <summary>Entries that the file could not take, or not in time.</summary>
    public long NotWritten => _file?.Dropped ?? 0;

    internal bool IsKept => _options.KeepJournal;

    /// <summary>The entries of one kind, of one session where it is named, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Of(JournalKind kind, string? session = null) =>
        [.. Entries.Where(entry => entry.Kind == kind && (session is null || entry.Session == session))];

    /// <summary>The requests to one call, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Requests(RestOperation operation) =>
        [.. Entries.Where(entry => entry.Kind is JournalKind.Requested && IsTo(entry, RestPaths.Of(operation)))];

    /// <summary>Completes with the n-th entry that matches. <paramref name="match"/> runs under the journal's lock: only look at the entry.</summary>
    public Task<JournalEntry> EntryAsync(Func<JournalEntry, bool> match, int count = 1)
    {
        if (!IsKept) throw new InvalidOperationException("The journal is switched off.");
        lock (_gate)
        {
            var past = _entries.Where(match).Take(count).ToList();
            if (past.Count == count) return Task.FromResult(past[^1]);
            var waiter = new Waiter(match, new(TaskCreationOptions.RunContinuationsAsynchronously)) { Missing = count - past.Count };
            _waiters.Add(waiter);
            return waiter.Done.Task;
        }
    }

    /// <summary>Completes when that many requests to a call have come in.</summary>
    public Task<JournalEntry> RequestAsync(RestOperation operation, int count = 1) => RequestAsync(RestPaths.Of(operation), count);

    /// <summary>Completes when that many requests to a path (whatever their query) have come in.</summary>
    public Task<JournalEntry> RequestAsync(string path, int count = 1) =>
        EntryAsync(entry => entry.Kind is JournalKind.Requested && IsTo(entry, path), count);

    /// <summary>Completes when that many sockets have been opened, of one session where it is named.</summary>
    public Task<JournalEntry> SocketOpenedAsync(int count = 1, string? session = null) => KindAsync(JournalKind.SocketOpened, count, session);

    /// <summary>Completes when that many sockets have ended, of one session where it is named.</summary>
    public Task<JournalEntry> SocketClosedAsync(int count = 1, string? session = null) => KindAsync(JournalKind.SocketClosed, count, session);

    /// <summary>Completes when that many chat frames have come in, of one session where it is named.</summary>
    public Task<JournalEntry> FrameReceivedAsync(int count = 1, string? session = null) => KindAsync(JournalKind.FrameReceived, count, session);

    /// <summary>Completes when that many chat frames have gone out, of one session where it is named.</summary>
    public Task<JournalEntry> FrameSentAsync(int count = 1, string? session = null) => KindAsync(JournalKind.FrameSent, count, session);

    /// <summary>Completes when that many faults of a kind have fired.</summary>
    public Task<JournalEntry> FaultFiredAsync(FaultKind kind, int count = 1) =>
        EntryAsync(entry => entry.Kind is JournalKind.FaultFired && entry.Text == kind.ToString(), count);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal void Requested(string path, string body, IHeaderDictionary headers) =>
        Add(JournalKind.Requested, null, path, 0, body, headers);

    internal void Answered(string path, int status) => Add(JournalKind.Answered, null, path, status, "");

    internal void FaultFired(FaultKind kind, string? session) => Add(JournalKind.FaultFired, session, null, 0, kind.ToString());

    internal void Socket(JournalKind kind, string? session, int code, IHeaderDictionary? handshake = null) => Add(kind, session, null, code, "", handshake);

    internal void Frame(JournalKind kind, string session, ReadOnlySpan<byte> text)
    {
        if (IsKept) Add(kind, session, null, 0, Encoding.UTF8.GetString(text));
    }

    internal void Clear()
    {
        lock (_gate) _entries.Clear();
    }

    // The token is a secret of the caller's, and a journal may be a file.
    private static Dictionary<string, string> Told(IHeaderDictionary headers) => headers
        .Where(header => !header.Key.Equals("authorization", StringComparison.OrdinalIgnoreCase)).ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());

    private static bool IsTo(JournalEntry entry, string path) =>
        entry.Path is { } whole && whole.StartsWith(path, StringComparison.Ordinal) && (whole.Length == path.Length || whole[path.Length] == '?');

    private Task<JournalEntry> KindAsync(JournalKind kind, int count, string? session) =>
        EntryAsync(entry => entry.Kind == kind && (session is null || entry.Session == session), count);

    private void Add(JournalKind kind, string? session, string? path, int code, string text, IHeaderDictionary? headers = null)
    {
        if (!IsKept) return;
        lock (_gate)
        {
            var entry = new JournalEntry(++_count, _options.Time.GetUtcNow(), kind, session, path, code, text) { Headers = headers is null ? null : Told(headers) };
            _entries.Enqueue(entry);
            if (_entries.Count > _options.JournalCapacity) _entries.Dequeue();
            _file?.Post(entry); // under the lock: the file keeps the order
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (!_waiters[i].Match(entry) || --_waiters[i].Missing > 0) continue;
                _waiters[i].Done.TrySetResult(entry);
                _waiters.RemoveAt(i);
            }
        }
    }
}
