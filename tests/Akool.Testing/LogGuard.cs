using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Akool.Testing;

/// <summary>
/// Takes a host's log, keeps every line of it, and fails the test in which an Error was logged that the test did not name:
/// call <see cref="Verify"/> once the host has stopped.
/// </summary>
public sealed class LogGuard : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = [];
    private readonly ConcurrentDictionary<int, byte> _expected = [];

    /// <summary>Every line so far, in order.</summary>
    public IReadOnlyCollection<LogLine> Lines => _lines;

    /// <summary>Names an Error that the test brings about on purpose.</summary>
    public LogGuard Expect(int eventId)
    {
        _expected[eventId] = 0;
        return this;
    }

    /// <summary>Throws where an Error was logged that was not named.</summary>
    public void Verify()
    {
        var unexpected = _lines.Where(line => line.Level >= LogLevel.Error && !_expected.ContainsKey(line.EventId)).ToList();
        if (unexpected.Count > 0) throw new InvalidOperationException("errors were logged that the test did not name:\n" + string.Join('\n', unexpected));
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Guarded(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Guarded(LogGuard guard, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            guard._lines.Enqueue(new(logLevel, category, eventId.Id, formatter(state, exception), exception?.ToString()));
    }
}

/// <summary>One line of a log.</summary>
/// <param name="Level">How grave it is.</param>
/// <param name="Category">Who wrote it.</param>
/// <param name="EventId">Number of the event; 0: none.</param>
/// <param name="Message">The text, filled in.</param>
/// <param name="Exception">The exception with its stack; null: none.</param>
public sealed record LogLine(LogLevel Level, string Category, int EventId, string Message, string? Exception);
