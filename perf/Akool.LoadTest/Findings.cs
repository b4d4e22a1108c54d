using System.Collections.Concurrent;

namespace Akool.LoadTest;

/// <summary>What fails a run and belongs to no step, such as a breach of the contract that came after its turn's step had ended. Safe from any thread.</summary>
internal sealed class Findings
{
    private readonly ConcurrentQueue<string> _all = [];

    public IReadOnlyCollection<string> All => _all;

    public void Add(string what) => _all.Enqueue(what);
}
