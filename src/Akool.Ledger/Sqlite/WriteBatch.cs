using Akool.Ledger.Rows;
using Akool.Sessions;

namespace Akool.Ledger.Sqlite;

/// <summary>What goes into one transaction.</summary>
internal sealed class WriteBatch
{
    /// <summary>Writes that somebody waits for, in the order in which they came.</summary>
    public List<WaitingWrite> Writes { get; } = [];

    /// <summary>Changes that nobody waits for, the latest of each session; written after <see cref="Writes"/>.</summary>
    public Dictionary<string, Change> Changes { get; } = [];

    public bool IsEmpty => Writes.Count == 0 && Changes.Count == 0;

    /// <summary>Keeps the change unless a newer one of its session is there. Of two with one revision, forgetting is the later.</summary>
    public void Keep(Change change)
    {
        if (Changes.TryGetValue(change.Row.Id, out var known)
            && (known.Row.Revision > change.Row.Revision || (known.Row.Revision == change.Row.Revision && known.Forgets))) return;
        Changes[change.Row.Id] = change;
    }
}

/// <summary>A row that somebody waits for.</summary>
internal sealed record WaitingWrite(SessionRow Row)
{
    // The waiters' own work must not run on the writer's thread.
    private readonly TaskCompletionSource<Result<Done>> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Result<Done>> Written => _written.Task;

    public void Complete(Result<Done> outcome) => _written.SetResult(outcome);
}

/// <summary>A row to be written, or to be forgotten, with nobody waiting.</summary>
internal readonly record struct Change(SessionRow Row, bool Forgets);
