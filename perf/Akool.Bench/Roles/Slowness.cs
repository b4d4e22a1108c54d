namespace Akool.Bench.Roles;

/// <summary>Makes the bridge slower in a known way, so that the bench can be held against it.</summary>
internal sealed class Slowness(int burnMicroseconds, int stallMilliseconds) : IDisposable
{
    private const int StallAtTurn = 500, ExactMicroseconds = 2000;
    private readonly ManualResetEventSlim _never = new();
    private readonly TaskCompletionSource _stall = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _turns;

    public void Dispose() => _never.Dispose();

    /// <summary>Burns CPU for each turn; from the 500th on every turn waits until one stall is over.</summary>
    public async Task BeforeTurnAsync()
    {
        var begin = TimeProvider.System.GetTimestamp();
        // Waited for rather than burnt as far as that is exact: a busy machine's scheduler lengthens a long burn.
        if (burnMicroseconds > 2 * ExactMicroseconds) _never.WaitHandle.WaitOne((burnMicroseconds - ExactMicroseconds) / 1000);
        while (TimeProvider.System.GetElapsedTime(begin).TotalMicroseconds < burnMicroseconds) Thread.SpinWait(20);
        if (stallMilliseconds == 0) return;
        var turn = Interlocked.Increment(ref _turns);
        if (turn == StallAtTurn)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(stallMilliseconds), TimeProvider.System);
            _stall.SetResult();
        }
        else if (turn > StallAtTurn)
        {
            await _stall.Task;
        }
    }
}
