using System.Text.Json;
using Akool.Avatar.V1;
using Akool.Emulator.Journals;

namespace Akool.Gateway.Tests.Chat;

/// <summary>
/// What a drill's clients and its emulator saw, and what is wrong with it. A part's text is its label twice, <c>stream/turn/part;</c>, so that each
/// of the two answers to it says whose it is.
/// </summary>
internal sealed class DrillLog
{
    // How long after such an end the journal may tell of the loss, on a machine that is busy.
    private static readonly TimeSpan TailLoss = TimeSpan.FromSeconds(5);

    private readonly List<string> _wrong = [];
    private readonly Dictionary<string, JournalEntry> _sent = [];
    private ILookup<string?, JournalEntry> _closed = Enumerable.Empty<JournalEntry>().ToLookup(entry => entry.Session);

    /// <summary>Ended turns by outcome, refused ones, and those of which the client was not told, the session having ended.</summary>
    public SortedDictionary<string, int> Outcomes { get; } = [];

    public int Answers { get; private set; }

    public int Gaps { get; private set; }

    /// <summary>The promises that were broken, a line for each.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    public static string Text(string stream, string turn, int part) => $"{stream}/{turn}/{part};{stream}/{turn}/{part};";

    public void Fault(string line) => _wrong.Add(line);

    /// <summary>Reads the emulator's journal: no part was sent twice.</summary>
    public void Check(Journal journal)
    {
        foreach (var frame in journal.Of(JournalKind.FrameReceived))
        {
            var label = QuestionOf(frame.Text).Split(';')[0];
            if (!_sent.TryAdd(label, frame)) Fault($"{label} was sent twice");
        }
        _closed = journal.Of(JournalKind.SocketClosed).ToLookup(entry => entry.Session);
    }

    /// <summary>Reads a stream's log, after the journal: order, equal replays, one outcome for each turn, whose answers, no holes, what was sent of it.</summary>
    public void Check(DrillStream stream)
    {
        var events = new Dictionary<long, ChatResponse>();
        var last = 0L;
        foreach (var told in stream.Log)
        {
            if (told.Attached is not null) last = 0;
            if (told.Sequence == 0) continue;
            if (told.Sequence <= last) Fault($"{stream.Name}: sequence {told.Sequence} after {last}");
            last = told.Sequence;
            if (told.Gap is not null) Gaps++;
            else if (!events.TryAdd(told.Sequence, told) && !events[told.Sequence].Equals(told)) Fault($"{stream.Name}: {told.Sequence} was replayed as another event");
        }
        var byTurn = events.OrderBy(pair => pair.Key).Select(pair => pair.Value).Where(told => told.StreamId.Length == 0 && told.TurnId.Length > 0).ToLookup(told => told.TurnId);
        var hasGaps = stream.Log.Any(told => told.Gap is not null);
        foreach (var stranger in byTurn.Where(turn => !stream.Turns.ContainsKey(turn.Key))) Fault($"{stream.Name}: was told of {stranger.Key}, which it never said");
        foreach (var (turn, parts) in stream.Turns) CheckTurn(stream, turn, parts.Count, [.. byTurn[turn]], hasGaps);
    }

    private void CheckTurn(DrillStream stream, string turn, int parts, List<ChatResponse> told, bool hasGaps)
    {
        var label = $"{stream.Name}/{turn}";
        var outcomes = told.Where(DrillStream.IsOutcome).ToList();
        var sent = Enumerable.Range(0, parts).Count(part => _sent.ContainsKey($"{label}/{part}"));
        if (outcomes.Count > 1 || (outcomes.Count == 0 && !stream.MissedTheEnd && !(stream.SawTheEnd && told.Count == 0 && sent == 0)))
            Fault($"{label} has {outcomes.Count} outcomes: {string.Join(", ", outcomes.Select(one => one.TurnEnded?.Outcome.ToString() ?? one.TurnRejected.Problem.Message))}");
        var answers = told.Where(one => one.Answer is not null).ToList();
        Answers += answers.Count;
        foreach (var answer in answers.Where(answer => !answer.Answer.Text.StartsWith($"{label}/", StringComparison.Ordinal))) Fault($"{label} was given {answer.Answer.Text}");
        if (outcomes is not [var outcome])
        {
            Count(stream.MissedTheEnd ? "MISSED" : "NOT TAKEN");
            return;
        }
        if (told[^1].Answer is not null) Fault($"{label} was answered after its end");
        if (!hasGaps && !answers.Select(answer => answer.Answer.Index).SequenceEqual(Enumerable.Range(0, outcome.TurnEnded?.AnswerCount ?? 0)))
            Fault($"{label} has holes in its answers, and no gap says so");
        var word = outcome.TurnEnded?.Outcome;
        if (word is TurnOutcome.Completed && sent != parts && !LostItsTail(stream, label, sent, outcome)) Fault($"{label} is COMPLETED, and {sent} of {parts} parts came");
        if (word is TurnOutcome.NotSent or null && sent > 0) Fault($"{label} is {word?.ToString() ?? "refused"}, and {sent} parts came");
        Count(word?.ToString() ?? "REJECTED");
    }

    // A part that was handed to the socket and silence after it make a turn COMPLETED, while the part may be lost with the socket before AKOOL reads it.
    private bool LostItsTail(DrillStream stream, string label, int sent, ChatResponse ended) =>
        sent > 0 && _sent.TryGetValue($"{label}/{sent - 1}", out var last)
        && _closed[stream.UpstreamSession].Any(closed => closed.Number > last.Number && closed.At < ended.EventTime.ToDateTimeOffset() + TailLoss);

    private void Count(string word) => Outcomes[word] = Outcomes.GetValueOrDefault(word) + 1;

    private static string QuestionOf(string frame)
    {
        using var outer = JsonDocument.Parse(frame);
        using var payload = JsonDocument.Parse(outer.RootElement.GetProperty("payload").GetString()!);
        return payload.RootElement.GetProperty("question").GetString()!;
    }
}
