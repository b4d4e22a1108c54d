using HdrHistogram;
using NBomber.Contracts;
using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>One second of a scenario, for the plot.</summary>
internal readonly record struct TimelinePoint(double Second, double OkPerSecond, double P50Ms, double P99Ms);

/// <summary>Collects everything that one scenario records. Safe from any thread.</summary>
internal sealed class ScenarioRecorder
{
    private readonly Lock _gate = new();                        // guards all below
    private readonly Measurement _ok = new(), _fail = new();
    private readonly Dictionary<string, (Measurement Ok, Measurement Fail)> _steps = [];
    private readonly List<string> _stepOrder = [];
    private readonly LongHistogram _drift = new(3_600_000_000, 3);
    private readonly LongHistogram _second = new(3_600_000_000, 2);
    private readonly List<TimelinePoint> _timeline = [];
    private bool _recording;

    /// <summary>Until this is called (warm-up) everything recorded is dropped.</summary>
    public void Begin()
    {
        lock (_gate) _recording = true;
    }

    public void RecordStep(string name, TimeSpan latency, IResponse response)
    {
        lock (_gate)
        {
            if (!_recording) return;
            if (!_steps.TryGetValue(name, out var step))
            {
                _steps[name] = step = (new Measurement(), new Measurement());
                _stepOrder.Add(name);
            }

            (response.IsError ? step.Fail : step.Ok).Record(latency, response);
        }
    }

    public void RecordScenario(TimeSpan latency, IResponse response)
    {
        lock (_gate)
        {
            if (!_recording) return;
            (response.IsError ? _fail : _ok).Record(latency, response);
            if (!response.IsError) _second.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 0, 3_600_000_000));
        }
    }

    /// <summary>How late the generator started a planned invocation.</summary>
    public void RecordDrift(TimeSpan late)
    {
        lock (_gate)
        {
            if (_recording) _drift.RecordValue(Math.Clamp((long)late.TotalMicroseconds, 0, 3_600_000_000));
        }
    }

    public void CloseSecond(double second, TimeSpan length)
    {
        lock (_gate)
        {
            if (!_recording) return;
            var count = _second.TotalCount;
            _timeline.Add(new(second, count / length.TotalSeconds, count == 0 ? 0 : _second.GetValueAtPercentile(50) / 1000.0,
                count == 0 ? 0 : _second.GetValueAtPercentile(99) / 1000.0));
            _second.Reset();
        }
    }

    public ScenarioOutcome Outcome(string name, TimeSpan duration, int index)
    {
        lock (_gate)
        {
            var all = _ok.Count + _fail.Count;
            var steps = _stepOrder.Select((step, i) =>
            {
                var (ok, fail) = _steps[step];
                var sum = ok.Count + fail.Count;
                return new StepStats(step, ok.Stats(false, sum, duration), fail.Stats(true, sum, duration), i);
            }).ToArray();
            var stats = new ScenarioStats(name, _ok.Stats(false, all, duration), _fail.Stats(true, all, duration), steps, all, _ok.Count, _fail.Count,
                _ok.AllBytes + _fail.AllBytes + steps.Sum(s => s.Ok.DataTransfer.AllBytes + s.Fail.DataTransfer.AllBytes), duration, index);
            var drift = _drift.TotalCount == 0 ? null : new Drift(_drift.GetValueAtPercentile(50) / 1000.0, _drift.GetValueAtPercentile(99) / 1000.0,
                _drift.GetMaxValue() / 1000.0);
            return new(stats, drift, [.. _timeline]);
        }
    }
}
