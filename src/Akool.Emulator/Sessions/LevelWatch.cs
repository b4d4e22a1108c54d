namespace Akool.Emulator.Sessions;

/// <summary>A number that rises and falls, and those who wait until it is low enough. Safe from any thread.</summary>
internal sealed class LevelWatch
{
    private readonly Lock _gate = new(); // guards _level and _waiting
    private readonly List<(int Level, TaskCompletionSource Reached)> _waiting = [];
    private int _level;

    public void Set(int level)
    {
        lock (_gate)
        {
            _level = level;
            foreach (var (_, reached) in _waiting.Where(waiter => level <= waiter.Level)) reached.TrySetResult();
            _waiting.RemoveAll(waiter => level <= waiter.Level);
        }
    }

    public Task AtMostAsync(int level)
    {
        lock (_gate)
        {
            if (_level <= level) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((level, reached));
            return reached.Task;
        }
    }
}
