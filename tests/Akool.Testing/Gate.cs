namespace Akool.Testing;

/// <summary>
/// Puts a test's events in order: code under test waits at the gate, the test learns that it has come, and lets it through. Safe from any thread.
/// </summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passes;

    /// <summary>Complete once somebody has come to the gate.</summary>
    public Task Reached => _reached.Task.WaitAsync(TestLimits.Hang);

    /// <summary>How many have come to the gate.</summary>
    public int Passes => Volatile.Read(ref _passes);

    /// <summary>Lets through all that wait and all that will come.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>For the code under test: waits until the gate is open, or the token is cancelled.</summary>
    public Task PassAsync(CancellationToken cancellation = default)
    {
        Interlocked.Increment(ref _passes);
        _reached.TrySetResult();
        return _open.Task.WaitAsync(cancellation);
    }
}
