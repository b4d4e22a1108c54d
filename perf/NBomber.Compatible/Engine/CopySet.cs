using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Closed loop: holds a number of copies, each of which starts its next invocation when the last has ended.</summary>
internal sealed class CopySet(Invoker invoker, TimeProvider time)
{
    private static readonly TimeSpan RampStep = TimeSpan.FromMilliseconds(50);
    private readonly List<Task> _copies = [];
    private volatile int _target;

    public int Target => _target;

    public async Task RunAsync(LoadSimulation phase, long phaseBegin, CancellationToken stopping)
    {
        var before = _target;
        for (var at = time.GetElapsedTime(phaseBegin); at < phase.During; at = time.GetElapsedTime(phaseBegin))
        {
            SetTarget(Schedule.CopiesAt(phase, before, at));
            var left = phase.During - at;
            await Task.Delay(phase is LoadSimulation.RampingConstant && left > RampStep ? RampStep : left, time, stopping);
        }

        SetTarget(Schedule.CopiesAt(phase, before, phase.During));
    }

    /// <summary>Copies beyond the target end after the invocation that they are in.</summary>
    public void SetTarget(int copies)
    {
        _target = copies;
        for (var i = 0; i < copies; i++)
        {
            if (i == _copies.Count) _copies.Add(LoopAsync(i));
            else if (_copies[i].IsCompleted) _copies[i] = LoopAsync(i);
        }
    }

    /// <summary>Copies that are still in an invocation.</summary>
    public int Running => _copies.Count(copy => !copy.IsCompleted);

    public Task DrainAsync() => Task.WhenAll(_copies);

    private async Task LoopAsync(int index)
    {
        var info = invoker.InfoOf(index);
        var instanceData = new Dictionary<string, object>();
        for (var number = 1; index < _target; number++) await invoker.RunAsync(info, number, instanceData, time.GetTimestamp());
    }
}
