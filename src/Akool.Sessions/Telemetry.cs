using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Akool.Sessions.Chat;

namespace Akool.Sessions;

/// <summary>
/// All spans and instruments of the domain; one meter for each host, so that two hosts in one process do not count each other. No attribute holds
/// an id, a text or a URL, and none has values without a bound. Safe from any thread.
/// </summary>
public sealed partial class Telemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string SourceName = "Akool.Avatar";

    /// <summary>Source of all spans.</summary>
    public static readonly ActivitySource Activities = new(SourceName);

    private static readonly InstrumentAdvice<double> FirstAnswerBuckets = new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
    };

    private static readonly InstrumentAdvice<double> CloseBuckets = new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800] };

    private static readonly KeyValuePair<string, object?>[] OutcomeTags = TagsOf<TurnOutcome>("akool.turn.outcome");
    private static readonly KeyValuePair<string, object?>[] ResumeTags = TagsOf<ResumeOutcome>("akool.resume.outcome");
    private static readonly KeyValuePair<string, object?>[] StateTags = TagsOf<SessionState>("akool.session.state");
    private static readonly KeyValuePair<string, object?>[] ReasonTags = TagsOf<CloseReason>("akool.close.reason");
    private static readonly KeyValuePair<string, object?>[] ErrorTags = TagsOf<SessionErrorCode>("akool.result");
    private static readonly KeyValuePair<string, object?> Ok = new("akool.result", "ok");

    private readonly Meter _meter;
    private readonly Counter<long> _turnsEnded;
    private readonly Histogram<double> _firstAnswer;
    private readonly Counter<long> _connectionsLost;
    private readonly Counter<long> _reconnects;
    private readonly Counter<long> _sessionsEnded;
    private readonly Counter<long> _sessionsCreated;
    private readonly Counter<long> _orphansReaped;
    private readonly Counter<long> _attaches;
    private readonly Histogram<double> _closeDuration;
    private int _openConnections;

    public Telemetry(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(SourceName);
        _turnsEnded = meter.CreateCounter<long>("akool.turn.ended", "{turn}", "Turns that are over, by outcome.");
        _firstAnswer = meter.CreateHistogram("akool.turn.first_answer.duration", "s", "Acceptance of a turn to its first answer.", tags: null, FirstAnswerBuckets);
        AnswersDropped = meter.CreateCounter<long>("akool.stream.answer.dropped", "{answer}", "Answers dropped for clients that read too slowly.");
        SlowConsumers = meter.CreateCounter<long>("akool.stream.slow_consumer", "{stream}", "Streams ended because their client read too slowly.");
        _attaches = meter.CreateCounter<long>("akool.stream.attach", "{stream}", "Chat streams that have joined, by what they found of what they asked to resume.");
        FramesSent = meter.CreateCounter<long>("akool.upstream.frame.sent", "{frame}", "Frames handed to websockets to AKOOL.");
        FramesReceived = meter.CreateCounter<long>("akool.upstream.frame.received", "{frame}", "Frames that came from AKOOL's websockets.");
        Unmatched = meter.CreateCounter<long>("akool.upstream.frame.unmatched", "{frame}", "Frames from AKOOL that belong to no open turn.");
        _connectionsLost = meter.CreateCounter<long>("akool.upstream.connection.lost", "{connection}", "Websockets to AKOOL that ended though they were wanted, by class of close code.");
        _reconnects = meter.CreateCounter<long>("akool.upstream.reconnect", "{connection}", "Tries to open another websocket after one was lost or refused.");
        _sessionsCreated = meter.CreateCounter<long>("akool.session.create", "{session}", "Creates, by result.");
        _sessionsEnded = meter.CreateCounter<long>("akool.session.ended", "{session}", "Sessions that have ended, by reason.");
        _closeDuration = meter.CreateHistogram("akool.session.close.duration", "s", "Begin of a close to AKOOL's confirmation.", tags: null, CloseBuckets);
        _orphansReaped = meter.CreateCounter<long>("akool.session.orphan.reaped", "{session}", "Sessions at AKOOL that nobody owned, closed.");
    }

    internal Counter<long> AnswersDropped { get; }

    internal Counter<long> SlowConsumers { get; }

    internal Counter<long> Unmatched { get; }

    internal Counter<long> FramesSent { get; }

    internal Counter<long> FramesReceived { get; }

    /// <summary>Websockets to AKOOL that are open now.</summary>
    internal int OpenConnections => Volatile.Read(ref _openConnections);

    internal void ConnectionOpened() => Interlocked.Increment(ref _openConnections);

    /// <summary>A websocket is gone. It counts as lost where it was still <paramref name="wanted"/>.</summary>
    internal void ConnectionClosed(int closeCode, bool wanted)
    {
        Interlocked.Decrement(ref _openConnections);
        if (wanted) _connectionsLost.Add(1, new KeyValuePair<string, object?>("akool.close.class", ClassOf(closeCode)));
    }

    internal void Reconnecting() => _reconnects.Add(1);

    internal void Attached(ResumeOutcome outcome) => _attaches.Add(1, ResumeTags[(int)outcome]);

    internal void SessionCreated(SessionError? error) => _sessionsCreated.Add(1, error is null ? Ok : ErrorTags[(int)error.Code]);

    internal void SessionEnded(SessionRecord record) => _sessionsEnded.Add(1, ReasonTags[(int)record.CloseReason]);

    internal void CloseConfirmed(TimeSpan after) => _closeDuration.Record(after.TotalSeconds);

    internal void OrphanReaped() => _orphansReaped.Add(1);

    internal void FirstAnswer(TimeSpan latency) => _firstAnswer.Record(latency.TotalSeconds);

    internal void TurnEnded(TurnOutcome outcome, Activity? span, int answers)
    {
        _turnsEnded.Add(1, OutcomeTags[(int)outcome]);
        if (span is null) return;
        span.SetTag(OutcomeTags[(int)outcome].Key, OutcomeTags[(int)outcome].Value);
        span.SetTag("akool.turn.answers", answers);
        if (outcome is TurnOutcome.Failed or TurnOutcome.Unknown) span.SetStatus(ActivityStatusCode.Error);
        // Stopping makes current what was so when it began, in the flow of whoever ends the turn.
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
    }

    /// <summary>A span for a turn, where its stream's caller is traced; it is nobody's current activity.</summary>
    internal static Activity? BeginTurn(ActivityContext parent, ActivityLink[]? links)
    {
        if ((parent.TraceFlags & ActivityTraceFlags.Recorded) == 0 || !Activities.HasListeners()) return null;
        var current = Activity.Current;
        var span = Activities.StartActivity(ActivityKind.Internal, parent, tags: null, links, startTime: default, "turn");
        Activity.Current = current;
        return span;
    }

    /// <summary>A span under the one that is current, if that is recorded; null otherwise. For what is done within somebody's call.</summary>
    internal static Activity? BeginWithin(string name) => Activity.Current is { Recorded: true, IsStopped: false } ? Activities.StartActivity(name) : null;

    /// <summary>A span of what the gateway does by itself, or under the current one; linked to the create of the session it is about.</summary>
    internal static Activity? Begin(string name, ActivityLink[]? links = null, ActivityKind kind = ActivityKind.Internal, ActivityContext parent = default) =>
        Activities.StartActivity(kind, parent, tags: null, links, startTime: default, name);

    /// <summary>Says on a span why what it stands for failed; null: it did not.</summary>
    internal static void Tell(Activity? span, SessionError? error)
    {
        if (span is null || error is null) return;
        span.SetTag("error.type", NameOf(error.Code));
        if (error.UpstreamCode != 0) span.SetTag("akool.code", error.UpstreamCode);
        span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>What metrics and spans call an error, as <c>error.type</c> or as a result: its code in snake case.</summary>
    public static string NameOf(SessionErrorCode code) => (string)ErrorTags[(int)code].Value!;

    internal void Observe(SessionRuntime runtime, Func<int> orphans)
    {
        _meter.CreateObservableUpDownCounter("akool.session.live", () => CountStates(runtime), "{session}", "Sessions that have not ended, by state.");
        _meter.CreateObservableUpDownCounter("akool.session.permit.used", () => runtime.Admission.OfGateway().Used, "{session}", "Places among the live sessions that are taken; a session holds one until AKOOL has confirmed its end.");
        _meter.CreateObservableUpDownCounter("akool.session.permit.limit", () => runtime.Admission.OfGateway().Limit, "{session}", "Places among the live sessions.");
        _meter.CreateObservableUpDownCounter("akool.session.orphan", orphans, "{session}", "Sessions at AKOOL that nobody owns, by the last comparison of its list with the ledger.");
        _meter.CreateObservableCounter("akool.session.leaked.duration", () => runtime.Leaks.Total.TotalSeconds, "s", "Time for which sessions stayed open at AKOOL after a close of theirs was not confirmed, summed over the sessions.");
        _meter.CreateObservableUpDownCounter("akool.stream.attached", () => Hubs(runtime).Sum(session => session.Lease.AttachedCount), "{stream}", "Chat streams that are attached.");
        _meter.CreateObservableUpDownCounter("akool.stream.outbox.size", () => Hubs(runtime).Sum(session => session.HubIfAny?.OutboxBytes ?? 0), "By", "Bytes that wait for clients to read them, over all streams.");
        _meter.CreateObservableUpDownCounter("akool.turn.open", () => Hubs(runtime).Sum(session => session.HubIfAny?.OpenTurns ?? 0), "{turn}", "Turns that were taken and are not over.");
        _meter.CreateObservableUpDownCounter("akool.upstream.connection.open", () => OpenConnections, "{connection}", "Websockets that are open to AKOOL.");
    }

    private static IEnumerable<Session> Hubs(SessionRuntime runtime) => runtime.Registry.All.Where(session => !session.Record.IsTerminal);

    private static IEnumerable<Measurement<int>> CountStates(SessionRuntime runtime)
    {
        var counts = new int[StateTags.Length];
        foreach (var session in Hubs(runtime)) counts[(int)session.State]++;
        // Zeros too: a series that vanishes keeps its last value for minutes.
        return [.. Enumerable.Range(0, (int)SessionState.Closing + 1).Select(state => new Measurement<int>(counts[state], StateTags[state]))];
    }

    private static string ClassOf(int closeCode) => closeCode switch
    {
        1000 => "normal",
        1001 or 1012 or 1013 => "away",
        1006 => "lost",
        >= 3000 => "refused",
        _ => "error",
    };

    private static KeyValuePair<string, object?>[] TagsOf<TEnum>(string key) where TEnum : struct, Enum =>
        [.. Enum.GetValues<TEnum>().Select(value => new KeyValuePair<string, object?>(key, Name(value)))];

    private static string Name<TEnum>(TEnum value) where TEnum : struct, Enum => WordStart.Replace(value.ToString(), "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart { get; }
}
