namespace Akool.Bench.Roles;

/// <summary>Makes the bridge slower in a known way, so that the bench can be held against it.</summary>
internal sealed class Slowness(int burnMicroseconds, int stallMilliseconds)
{
    private const int StallAtTurn = 500;
    private readonly TaskCompletionSource _stall = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _turns;

    /// <summary>Burns CPU for each turn; from the 500th on every turn waits until one stall is over.</summary>
    public async Task BeforeTurnAsync()
    {
        var begin = TimeProvider.System.GetTimestamp();
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
