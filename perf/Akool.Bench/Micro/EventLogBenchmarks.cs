using Akool.Bench.Load;
using Akool.Sessions.Chat;
using BenchmarkDotNet.Attributes;

namespace Akool.Bench.Micro;

/// <summary>The session's log of events: the event itself, and its place in a log that is full.</summary>
[MemoryDiagnoser]
public class EventLogBenchmarks
{
    private readonly EventLog _log = new(maxBytes: 64 * 1024);
    private long _sequence;

    /// <summary>An answer is logged, and the oldest goes for it.</summary>
    [Benchmark]
    public int AppendAnswer()
    {
        _log.Append(new AnswerEvent { Sequence = ++_sequence, Text = ClosedLoop.Text, StreamId = "s", TurnId = "t" });
        while (_log.IsOverfull) _log.TryDropOldest(out _);
        return _log.Count;
    }
}
