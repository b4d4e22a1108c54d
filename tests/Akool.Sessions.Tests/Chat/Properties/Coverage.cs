using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat.Properties;

/// <summary>Counts what the runs went through, so that a generator that no longer gets anywhere is noticed.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, int> _seen = new(StringComparer.Ordinal);

    public void Note(Interleaving run)
    {
        Count("run");
        if (run.World.Sockets.Sockets.Count > 1) Count("reconnected");
        if (run.World.Api.Pauses > 0) Count("paused");
        foreach (var turn in run.Turns)
        {
            if (turn.MayBeLost) Count("held up, then gone");
            if (turn.Parts.Count > 1) Count("turn in parts");
            if (turn.Conflicts > 0) Count("conflict");
        }
        foreach (var call in run.Streams.SelectMany(stream => stream.Calls))
        {
            Count($"attached {call.Attached.Outcome}");
            Count($"end {call.End}");
            foreach (var told in call.Events.OfType<TurnRejectedEvent>()) Count($"rejected {told.Problem.Code}");
            if (call.Events.Skip(2).Any(told => told is GapEvent)) Count("answers dropped");
        }
        foreach (var told in run.Observer.Events.OfType<TurnEndedEvent>()) Count($"ended {told.Outcome}");
        foreach (var _ in run.Streams.Where(stream => stream.IsForgotten)) Count("attached Lost");
    }

    public void AssertReached(params string[] names) => Assert.All(names, name => Assert.True(_seen.GetValueOrDefault(name) > 0, $"no run reached: {name}"));

    public override string ToString() => string.Join(Environment.NewLine, _seen.Select(pair => $"{pair.Value,8} {pair.Key}"));

    private void Count(string name) => _seen[name] = _seen.GetValueOrDefault(name) + 1;
}
