namespace Akool.Emulator.Sessions;

/// <summary>A number that rises and falls, and those who wait until it fits. Safe from any thread.</summary>
internal sealed class LevelWatch
{
    private readonly Lock _gate = new(); // guards _level and _waiting
    private readonly List<(Func<int, bool> Fits, TaskCompletionSource Reached)> _waiting = [];
    private int _level;

    public void Set(int level)
    {
        lock (_gate)
        {
            _level = level;
            foreach (var (_, reached) in _waiting.Where(waiter => waiter.Fits(level))) reached.TrySetResult();
            _waiting.RemoveAll(waiter => waiter.Reached.Task.IsCompleted);
        }
    }

    public Task WhenAsync(Func<int, bool> fits)
    {
        lock (_gate)
        {
            if (fits(_level)) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((fits, reached));
            return reached.Task;
        }
    }
}
