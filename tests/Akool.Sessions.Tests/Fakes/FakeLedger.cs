using System.Collections.Concurrent;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Fakes;

/// <summary>A ledger in memory that remembers every record it was given, in order.</summary>
internal sealed class FakeLedger : ISessionLedger
{
    private readonly ConcurrentQueue<SessionRecord> _records = new();

    /// <summary>All records, in the order in which they came.</summary>
    public IReadOnlyCollection<SessionRecord> Records => _records;

    /// <summary>What <see cref="WriteAsync"/> and <see cref="OpenAsync"/> fail with; null: they go well.</summary>
    public SessionError? Broken { get; set; }

    public bool IsWritable => Broken is null;

    public Task<Result<IReadOnlyList<SessionRecord>>> OpenAsync(DateTimeOffset endedSince, CancellationToken cancellation) =>
        Task.FromResult(Broken is { } broken ? broken : Result.Ok<IReadOnlyList<SessionRecord>>([.. Latest()]));

    public Task<Result<Done>> WriteAsync(SessionRecord record, CancellationToken cancellation)
    {
        if (Broken is { } broken) return Task.FromResult<Result<Done>>(broken);
        _records.Enqueue(record);
        return Task.FromResult(Result.Done);
    }

    public void Post(SessionRecord record) => _records.Enqueue(record);

    public void Forget(SessionRecord record) { }

    public Task<Result<SessionRecord?>> FindByRequestIdAsync(OwnerId owner, string requestId, DateTimeOffset since, CancellationToken cancellation) =>
        Task.FromResult(Result.Ok(Latest().FirstOrDefault(record => record.Owner == owner && record.RequestId == requestId && record.CreateTime >= since)));

    private IEnumerable<SessionRecord> Latest() => _records.GroupBy(record => record.Id).Select(group => group.MaxBy(record => record.Revision)!);
}
