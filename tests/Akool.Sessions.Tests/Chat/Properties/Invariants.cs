using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;

namespace Akool.Sessions.Tests.Chat.Properties;

/// <summary>What must hold at the end of every run, whatever happened in it.</summary>
internal static class Invariants
{
    public static void Hold(Interleaving run)
    {
        foreach (var call in run.Streams.SelectMany(stream => stream.Calls).Append(run.Observer)) HoldOnCall(call);
        foreach (var stream in run.Streams) HoldOnStream(run, stream);
        foreach (var turn in run.Turns) HoldOnTurn(run, turn);
        HoldOnWire(run);
        Assert.Equal(0, run.World.Hub.OpenTurns);
        Assert.Equal(0, run.World.Hub.QueuedBytes);
        Assert.Equal("session Closed", run.Observer.Told.Last());
        Assert.Equal("ok", run.Observer.End);
    }

    private static void HoldOnCall(TestClient call)
    {
        Assert.False(call.Sink.WasRaced);
        Assert.IsType<AttachedEvent>(call.Events[0]);
        Assert.Single(call.Events.OfType<AttachedEvent>());
        var sequences = call.Events.Where(told => told.Sequence > 0).Select(told => told.Sequence).ToList();
        Assert.Equal(sequences.Distinct().Order(), sequences);
        Assert.NotEqual("open", call.End);
    }

    private static void HoldOnStream(Interleaving run, ModelStream stream)
    {
        var told = stream.Told.ToList();
        Assert.Equal(told.Select(one => one.Sequence).Distinct().Order(), told.Select(one => one.Sequence));
        if (!stream.ShowsAll) Assert.All(told, one => Assert.True(one.StreamId is null || one.StreamId == stream.Id));
        var gone = (long sequence) => stream.Gaps.Any(gap => gap.FirstSequence <= sequence && sequence <= gap.LastSequence);
        Assert.DoesNotContain(told, one => gone(one.Sequence));

        // The union equals the uncut run, or a gap names what is missing, as far as anybody came back for it.
        var upTo = stream.Client.Point.Sequence;
        var bySequence = told.ToDictionary(one => one.Sequence);
        foreach (var uncut in run.Observer.Events.Where(one => one.Sequence > stream.Calls[0].Attached.ResumePoint.Sequence && one.Sequence <= upTo))
        {
            var isShown = uncut.StreamId is null || uncut.StreamId == stream.Id || stream.ShowsAll;
            if (uncut is TurnAcceptedEvent && uncut.StreamId == stream.Id && !stream.Acknowledges) isShown = false;
            if (!isShown) continue;
            if (bySequence.TryGetValue(uncut.Sequence, out var one)) Assert.Equal(uncut, one, SameEvent.Comparer);
            else Assert.True(gone(uncut.Sequence), $"{uncut.Sequence} is neither told nor in a gap");
        }
    }

    private static void HoldOnTurn(Interleaving run, ModelTurn turn)
    {
        var told = run.Observer.Events.Where(one => one.StreamId == turn.Stream.Id && one.TurnId == turn.Id).ToList();
        var ended = told.OfType<TurnEndedEvent>().ToList();
        var refusals = turn.Stream.Told.OfType<TurnRejectedEvent>().Where(one => one.TurnId == turn.Id).ToList();
        var refused = refusals.Count(one => one.Problem.Code != SessionErrorCode.IdempotencyConflict);
        Assert.InRange(refusals.Count - refused, 0, turn.Conflicts);
        Assert.InRange(ended.Count + refused, 0, 1);
        // A refusal is shown to its own stream alone, which may have lost it.
        var isSure = !turn.MayBeLost && !turn.Stream.IsForgotten && !turn.Stream.Gaps.Any() && turn.Stream.Client.End == "ok";
        if (isSure) Assert.Equal(1, ended.Count + refused);

        var answers = told.OfType<AnswerEvent>().ToList();
        Assert.Equal(Enumerable.Range(0, answers.Count), answers.Select(answer => answer.Index));
        Assert.Equal(turn.Answers, answers.Select(answer => answer.Text));
        if (ended.Count == 0)
        {
            Assert.Empty(answers);
            return;
        }
        Assert.DoesNotContain(told, one => one is AnswerEvent && one.Sequence > ended[0].Sequence);
        Assert.Equal(answers.Count, ended[0].AnswerCount);
        HoldOnOutcome(run, turn, ended[0]);
    }

    private static void HoldOnOutcome(Interleaving run, ModelTurn turn, TurnEndedEvent ended)
    {
        var handed = run.World.Sockets.Wire.Any(frame => IsOf(turn, frame.Text));
        if (ended.Outcome == TurnOutcome.NotSent) Assert.False(handed);
        if (ended.Outcome is TurnOutcome.Unknown or TurnOutcome.Completed or TurnOutcome.NoAnswer) Assert.True(handed);
        if (ended.Outcome == TurnOutcome.NoAnswer) Assert.Equal(0, ended.AnswerCount);
        Assert.Equal(ended.Outcome == TurnOutcome.Failed, ended.Problem is not null);
    }

    // Each part at most once, the parts of a turn in order, and turns that did not queue in the order in which they were taken.
    private static void HoldOnWire(Interleaving run)
    {
        var wire = run.World.Sockets.Wire;
        foreach (var turn in run.Turns)
        {
            var sent = wire.Where(frame => IsOf(turn, frame.Text)).Select(frame => frame.Text).ToList();
            Assert.Equal(turn.Parts.Where(part => part.Text.Length > 0).Select(part => part.Text).Take(sent.Count), sent);
        }
        Assert.DoesNotContain(wire, frame => frame.Text is "other" or "");
        var unqueued = wire.DistinctBy(frame => frame.Id).Where(frame => run.Turns.Any(turn => turn.Policy != TurnPolicy.Queue && IsOf(turn, frame.Text)));
        Assert.Equal(unqueued.Select(frame => frame.Id.Number).Order(), unqueued.Select(frame => frame.Id.Number));
    }

    private static bool IsOf(ModelTurn turn, string text) => text.StartsWith($"{turn.Stream.Number}/{turn.Id}/", StringComparison.Ordinal);
}
