using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Akool.Sessions.Chat;

namespace Akool.Sessions;

/// <summary>All spans and instruments of the domain; one meter for each host, so that two hosts in one process do not count each other.</summary>
public sealed partial class Telemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string SourceName = "Akool.Avatar";

    /// <summary>Source of all spans.</summary>
    public static readonly ActivitySource Activities = new(SourceName);

    private static readonly KeyValuePair<string, object?>[] OutcomeTags =
        [.. Enum.GetValues<TurnOutcome>().Select(outcome => new KeyValuePair<string, object?>("akool.turn.outcome", Name(outcome)))];

    private readonly Meter _meter;
    private int _openConnections;

    public Telemetry(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(SourceName);
        TurnsEnded = meter.CreateCounter<long>("akool.turn.ended", "{turn}", "Turns that are over, by outcome.");
        FirstAnswer = meter.CreateHistogram<double>("akool.turn.first_answer.duration", "s", "Acceptance of a turn to its first answer.");
        AnswersDropped = meter.CreateCounter<long>("akool.stream.answer.dropped", "{answer}", "Answers dropped for clients that read too slowly.");
        SlowConsumers = meter.CreateCounter<long>("akool.stream.slow_consumer", "{stream}", "Streams ended because their client read too slowly.");
        Unmatched = meter.CreateCounter<long>("akool.upstream.frame.unmatched", "{frame}", "Frames from AKOOL that belong to no open turn.");
        ConnectionsLost = meter.CreateCounter<long>("akool.upstream.connection.lost", "{connection}", "Websockets to AKOOL that were lost, by close code class.");
        SessionsEnded = meter.CreateCounter<long>("akool.session.ended", "{session}", "Sessions that have ended, by reason.");
        CloseDuration = meter.CreateHistogram<double>("akool.session.close.duration", "s", "Asking AKOOL to end a session to its confirmation.");
        OrphansReaped = meter.CreateCounter<long>("akool.session.orphan.reaped", "{session}", "Sessions at AKOOL that nobody owned, closed.");
        Resumes = meter.CreateCounter<long>("akool.stream.attach", "{stream}", "Chat streams that have joined, by what they found of what they asked to resume.");
        SessionsCreated = meter.CreateCounter<long>("akool.session.create", "{session}", "Creates, by result.");
    }

    private Counter<long> TurnsEnded { get; }

    private Counter<long> ConnectionsLost { get; }

    private Counter<long> SessionsEnded { get; }

    private Counter<long> SessionsCreated { get; }

    private Counter<long> OrphansReaped { get; }

    private Counter<long> Resumes { get; }

    private Histogram<double> CloseDuration { get; }

    internal Histogram<double> FirstAnswer { get; }

    internal Counter<long> AnswersDropped { get; }

    internal Counter<long> SlowConsumers { get; }

    internal Counter<long> Unmatched { get; }

    /// <summary>Websockets to AKOOL that are open now.</summary>
    internal int OpenConnections => Volatile.Read(ref _openConnections);

    internal void ConnectionOpened() => Interlocked.Increment(ref _openConnections);

    internal void ConnectionClosed(int closeCode)
    {
        Interlocked.Decrement(ref _openConnections);
        ConnectionsLost.Add(1, new KeyValuePair<string, object?>("akool.close_code", ClassOf(closeCode)));
    }

    internal void Resumed(ResumeOutcome outcome) => Resumes.Add(1, new KeyValuePair<string, object?>("akool.resume.outcome", Name(outcome)));

    internal void SessionCreated(SessionError? error) =>
        SessionsCreated.Add(1, new KeyValuePair<string, object?>("akool.result", error is null ? "ok" : Name(error.Code)));

    internal void SessionEnded(SessionRecord record) =>
        SessionsEnded.Add(1, new KeyValuePair<string, object?>("akool.close_reason", Name(record.CloseReason)));

    internal void CloseConfirmed(TimeSpan after) => CloseDuration.Record(after.TotalSeconds);

    internal void OrphanReaped() => OrphansReaped.Add(1);

    /// <summary>A span for a turn, where its stream's caller is traced; it is nobody's current activity.</summary>
    internal static Activity? BeginTurn(ActivityContext parent)
    {
        if (parent == default) return null;
        var current = Activity.Current;
        var span = Activities.StartActivity("turn", ActivityKind.Internal, parent);
        Activity.Current = current;
        return span;
    }

    internal void TurnEnded(TurnOutcome outcome, Activity? span, int answers)
    {
        TurnsEnded.Add(1, OutcomeTags[(int)outcome]);
        if (span is null) return;
        span.SetTag("akool.turn.outcome", OutcomeTags[(int)outcome].Value);
        span.SetTag("akool.turn.answers", answers);
        span.Stop();
    }

    internal void Observe(SessionRuntime runtime)
    {
        _meter.CreateObservableUpDownCounter("akool.session.live", () => CountStates(runtime), "{session}", "Sessions that have not ended, by state.");
    }

    private static IEnumerable<Measurement<int>> CountStates(SessionRuntime runtime) => runtime.Registry.All
        .Where(session => !session.Record.IsTerminal).GroupBy(session => session.State)
        .Select(group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("akool.session.state", Name(group.Key))));

    private static string ClassOf(int closeCode) => closeCode switch { 1000 => "normal", 1001 or 1012 or 1013 => "away", 1006 => "lost", >= 3000 => "refused", _ => "error" };

    private static string Name<TEnum>(TEnum value) where TEnum : struct, Enum => WordStart.Replace(value.ToString(), "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart { get; }
}
