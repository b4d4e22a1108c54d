using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>A ledger in memory, which outlives the gateway that writes it. Safe from any thread.</summary>
internal sealed class FakeLedger : ISessionLedger
{
    private readonly Lock _gate = new(); // guards all below
    private readonly Dictionary<SessionId, SessionRecord> _records = [];
    private readonly List<SessionRecord> _history = [];
    private int _writes;

    public static SessionError Broken { get; } = new(SessionErrorCode.LedgerUnavailable, "the disk is full");

    /// <summary>Says why the n-th write is refused; null: it is not.</summary>
    public Func<int, SessionRecord, Task<SessionError?>>? OnWrite { get; set; }

    public bool IsWritable => true;

    /// <summary>What is remembered.</summary>
    public IReadOnlyDictionary<SessionId, SessionRecord> Records
    {
        get
        {
            lock (_gate) return new Dictionary<SessionId, SessionRecord>(_records);
        }
    }

    /// <summary>Every record that was written or posted, in order.</summary>
    public IReadOnlyList<SessionRecord> History
    {
        get
        {
            lock (_gate) return [.. _history];
        }
    }

    public Task<Result<IReadOnlyList<SessionRecord>>> OpenAsync(DateTimeOffset endedSince, CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(Result.Ok<IReadOnlyList<SessionRecord>>([.. _records.Values.Where(record => !record.IsTerminal || record.EndTime >= endedSince)]));
    }

    public async Task<Result<Done>> WriteAsync(SessionRecord record, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _writes);
        if (OnWrite is { } ask && await ask(number, record) is { } refused) return refused;
        Post(record);
        return Result.Done;
    }

    public void Post(SessionRecord record)
    {
        lock (_gate)
        {
            _history.Add(record);
            if (!_records.TryGetValue(record.Id, out var known) || known.Revision <= record.Revision) _records[record.Id] = record;
        }
    }

    public void Forget(SessionRecord record)
    {
        lock (_gate) _records.Remove(record.Id);
    }

    public Task<Result<SessionRecord?>> FindByRequestIdAsync(OwnerId owner, string requestId, DateTimeOffset since, CancellationToken cancellation)
    {
        lock (_gate)
            return Task.FromResult<Result<SessionRecord?>>(
                _records.Values.FirstOrDefault(record => record.Owner == owner && record.RequestId == requestId && record.CreateTime >= since));
    }
}
