namespace Akool.Sessions;

/// <summary>Owns tasks that outlive the call which began them: whoever owns the nursery awaits them all at its end. The tasks must not fail. Safe from any thread.</summary>
internal sealed class Nursery
{
    private readonly Lock _gate = new(); // guards _tasks
    private readonly HashSet<Task> _tasks = [];

    /// <summary>Tasks under way.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _tasks.Count;
        }
    }

    public void Add(Task task)
    {
        if (task.IsCompletedSuccessfully) return;
        lock (_gate) _tasks.Add(task);
        task.GetAwaiter().OnCompleted(() => Remove(task));
    }

    /// <summary>Done when none is under way. A failure of one is a bug, and is thrown here.</summary>
    public async Task WhenAllAsync()
    {
        while (true)
        {
            Task[] tasks;
            lock (_gate) tasks = [.. _tasks];
            if (tasks.Length == 0) return;
            await Task.WhenAll(tasks);
            foreach (var task in tasks) Remove(task);
        }
    }

    private void Remove(Task task)
    {
        lock (_gate) _tasks.Remove(task);
    }
}
