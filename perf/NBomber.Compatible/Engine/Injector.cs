namespace NBomber.Engine;

/// <summary>Open loop: starts each planned invocation at its time, late ones at once, and never waits for an answer.</summary>
internal sealed class Injector(Invoker invoker, ScenarioRecorder recorder, TimeProvider time)
{
    private const int CompactAt = 4096;
    private readonly List<Task> _running = [];
    private int _instances;

    /// <summary>Returns when the last start of the phase is made; <see cref="DrainAsync"/> waits for what was started.</summary>
    public Task RunAsync(IEnumerable<TimeSpan> starts, long phaseBegin, CancellationToken stopping)
    {
        // A thread of its own that waits a millisecond at a time: .NET's timers follow a clock that on many kernels moves in steps of 4 ms.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pacer = new Thread(() =>
        {
            Pace(starts, phaseBegin, stopping);
            if (stopping.IsCancellationRequested) done.SetCanceled(stopping);
            else done.SetResult();
        });
        (pacer.IsBackground, pacer.Name) = (true, "injector");
        pacer.Start();
        return done.Task;
    }

    /// <summary>Invocations that have not ended; once <see cref="RunAsync"/> has returned.</summary>
    public int Running => _running.Count(invocation => !invocation.IsCompleted);

    public Task DrainAsync() => Task.WhenAll(_running);

    private void Pace(IEnumerable<TimeSpan> starts, long phaseBegin, CancellationToken stopping)
    {
        foreach (var start in starts)
        {
            while (time.GetElapsedTime(phaseBegin) < start)
                if (stopping.WaitHandle.WaitOne(1)) return;
            recorder.RecordDrift(time.GetElapsedTime(phaseBegin) - start);
            var planned = phaseBegin + (long)(start.TotalSeconds * time.TimestampFrequency);
            var info = invoker.InfoOf(_instances++);
            _running.Add(invoker.RunAsync(info, 1, [], planned));
            if (_running.Count >= CompactAt) _running.RemoveAll(task => task.IsCompletedSuccessfully);
        }
    }
}
