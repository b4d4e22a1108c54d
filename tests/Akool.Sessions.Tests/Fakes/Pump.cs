using System.Collections.Concurrent;

namespace Akool.Sessions.Tests.Fakes;

/// <summary>
/// Runs everything that would go on "later" on the test's own thread, when the test says so: what is under test becomes single-threaded and repeatable.
/// Only what begins while it is current is caught.
/// </summary>
internal sealed class Pump : SynchronizationContext, IDisposable
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly SynchronizationContext? _before = Current;

    public Pump() => SetSynchronizationContext(this);

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what waits, and what comes of it, until nothing does.</summary>
    public void Settle()
    {
        while (_queue.TryTake(out var work)) work.Callback(work.State);
    }

    /// <summary>Runs until a task is done that needs other threads, too.</summary>
    public void Finish(Task task)
    {
        _ = task.ContinueWith(_ => Post(static _ => { }, null), TaskScheduler.Default);
        while (!task.IsCompleted)
        {
            if (!_queue.TryTake(out var work, Hang)) throw new TimeoutException("nothing happened");
            work.Callback(work.State);
        }
        Settle();
#pragma warning disable VSTHRD002 // it is done: this only throws what it failed with
        task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    public void Dispose()
    {
        SetSynchronizationContext(_before);
        _queue.Dispose();
    }
}
