namespace NBomber.Engine;

/// <summary>Open loop: starts each planned invocation at its time, late ones at once, and never waits for an answer.</summary>
internal sealed class Injector(Invoker invoker, ScenarioRecorder recorder, TimeProvider time)
{
    private const int CompactAt = 4096;
    private readonly List<Task> _running = [];
    private int _instances;

    /// <summary>Returns when the last start of the phase is made; <see cref="DrainAsync"/> waits for what was started.</summary>
    public async Task RunAsync(IEnumerable<TimeSpan> starts, long phaseBegin, CancellationToken stopping)
    {
        foreach (var start in starts)
        {
            for (var wait = start - time.GetElapsedTime(phaseBegin); wait > TimeSpan.Zero; wait = start - time.GetElapsedTime(phaseBegin))
                await Task.Delay(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait, time, stopping);
            stopping.ThrowIfCancellationRequested();
            recorder.RecordDrift(time.GetElapsedTime(phaseBegin) - start);
            var planned = phaseBegin + (long)(start.TotalSeconds * time.TimestampFrequency);
            var info = invoker.InfoOf(_instances++);
            _running.Add(invoker.RunAsync(info, 1, [], planned));
            if (_running.Count >= CompactAt) _running.RemoveAll(task => task.IsCompletedSuccessfully);
        }
    }

    public Task DrainAsync() => Task.WhenAll(_running);
}
