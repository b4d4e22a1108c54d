using System.Collections.Concurrent;
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
    private readonly ConcurrentBag<string> _wrong = [];

    /// <summary>Ended turns by outcome, and refused ones.</summary>
    public SortedDictionary<string, int> Outcomes { get; } = [];

    public int Answers { get; private set; }

    public int Gaps { get; private set; }

    /// <summary>The promises that were broken, a line for each.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    public static string Text(string stream, string turn, int part) => $"{stream}/{turn}/{part};{stream}/{turn}/{part};";

    public void Fault(string line) => _wrong.Add(line);

    /// <summary>Reads a stream's log: order, equal replays, one outcome for each turn, whose answers, no holes.</summary>
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
            if (told.Gap is null && !events.TryAdd(told.Sequence, told) && !events[told.Sequence].Equals(told))
                Fault($"{stream.Name}: {told.Sequence} was replayed as another event");
            if (told.Gap is not null) Gaps++;
        }
        var ordered = events.OrderBy(pair => pair.Key).Select(pair => pair.Value).ToList();
        foreach (var turn in ordered.Where(told => told.StreamId.Length == 0 && told.TurnId.Length > 0).GroupBy(told => told.TurnId)) CheckTurn(stream, turn.Key, [.. turn]);
        foreach (var lost in stream.Turns.Keys.Except(ordered.Where(IsOutcome).Select(told => told.TurnId))) Fault($"{stream.Name}: turn {lost} has no outcome");
    }

    /// <summary>Holds the emulator's journal against the outcomes.</summary>
    public void Check(Journal journal, IEnumerable<DrillStream> streams)
    {
        var sent = new Dictionary<string, int>();
        foreach (var frame in journal.Of(JournalKind.FrameReceived))
        {
            var label = QuestionOf(frame.Text).Split(';')[0];
            if (++System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sent, label, out _) > 1) Fault($"{label} was sent twice");
        }
        foreach (var stream in streams)
        {
            foreach (var (turn, parts) in stream.Turns)
            {
                var outcome = stream.Log.FirstOrDefault(told => told.TurnEnded is not null && told.TurnId == turn && told.StreamId.Length == 0)?.TurnEnded.Outcome;
                var times = Enumerable.Range(0, parts.Count).Count(part => sent.ContainsKey($"{stream.Name}/{turn}/{part}"));
                if (outcome is TurnOutcome.Completed && times != parts.Count) Fault($"{stream.Name}: {turn} is COMPLETED, and {times} of {parts.Count} parts came");
                if (outcome is TurnOutcome.NotSent or null && times > 0) Fault($"{stream.Name}: {turn} is {outcome?.ToString() ?? "refused"}, and {times} parts came");
            }
        }
    }

    private void CheckTurn(DrillStream stream, string turn, List<ChatResponse> told)
    {
        var outcomes = told.Count(IsOutcome);
        if (outcomes != 1) Fault($"{stream.Name}: {turn} has {outcomes} outcomes: {string.Join(", ", told.Where(IsOutcome).Select(one => one.TurnEnded?.Outcome.ToString() ?? one.TurnRejected.Problem.Message))}");
        var answers = told.Where(one => one.Answer is not null).ToList();
        Answers += answers.Count;
        foreach (var answer in answers.Where(answer => !answer.Answer.Text.StartsWith($"{stream.Name}/{turn}/", StringComparison.Ordinal)))
            Fault($"{stream.Name}: {turn} was given {answer.Answer.Text}");
        var end = told.Find(one => one.TurnEnded is not null);
        if (end is not null && answers.Exists(answer => answer.Sequence > end.Sequence)) Fault($"{stream.Name}: {turn} was answered after its end");
        var isWhole = answers.Select(answer => answer.Answer.Index).SequenceEqual(Enumerable.Range(0, end?.TurnEnded.AnswerCount ?? 0));
        if (!isWhole && !stream.Log.Any(one => one.Gap is not null)) Fault($"{stream.Name}: {turn} has holes in its answers, and no gap says so");
        var word = end?.TurnEnded.Outcome.ToString() ?? "REJECTED";
        Outcomes[word] = Outcomes.GetValueOrDefault(word) + 1;
    }

    private static bool IsOutcome(ChatResponse told) => told.StreamId.Length == 0 && told.TurnId.Length > 0 && (told.TurnEnded is not null || told.TurnRejected is not null);

    private static string QuestionOf(string frame)
    {
        using var outer = JsonDocument.Parse(frame);
        using var payload = JsonDocument.Parse(outer.RootElement.GetProperty("payload").GetString()!);
        return payload.RootElement.GetProperty("question").GetString()!;
    }
}
