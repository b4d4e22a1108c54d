using Microsoft.Extensions.Logging;

namespace Akool.Ledger.Tests;

/// <summary>What was logged, and a way to wait for it.</summary>
internal sealed class EventLog : ILogger
{
    private readonly Lock _gate = new(); // guards the two lists
    private readonly List<(int Id, string Text)> _seen = [];
    private readonly List<(int Id, int Count, TaskCompletionSource Reached)> _waits = [];

    public IReadOnlyList<(int Id, string Text)> Seen
    {
        get { lock (_gate) return [.. _seen]; }
    }

    /// <summary>Complete when an event was logged that many times.</summary>
    public Task SawAsync(int id, int count = 1)
    {
        lock (_gate)
        {
            if (_seen.Count(one => one.Id == id) >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((id, count, reached));
            return reached.Task.WaitAsync(TestLimits.Hang);
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _seen.Add((eventId.Id, $"{formatter(state, exception)} {exception}"));
            foreach (var wait in _waits)
            {
                if (_seen.Count(one => one.Id == wait.Id) >= wait.Count) wait.Reached.TrySetResult();
            }
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
