using Akool.Sessions;

namespace Akool.Upstream;

/// <summary>How it goes with AKOOL, for a readiness check and a status page. Holds no secret and no text of AKOOL's. Safe from any thread.</summary>
public sealed class UpstreamHealth(TimeProvider time)
{
    private const int Kept = 32;

    private readonly Lock _gate = new(); // guards _recent
    private readonly Queue<UpstreamProblem> _recent = new(Kept);
    private volatile bool _isReachable = true;

    /// <summary>Whether calls go out: false while the circuit breaker is open, or has let a single call through to see.</summary>
    public bool IsReachable
    {
        get => _isReachable;
        internal set => _isReachable = value;
    }

    /// <summary>The last 32 calls that AKOOL did not answer well, oldest first.</summary>
    public IReadOnlyList<UpstreamProblem> Recent
    {
        get
        {
            lock (_gate) return [.. _recent];
        }
    }

    internal void Note(string operation, SessionError error)
    {
        lock (_gate)
        {
            if (_recent.Count == Kept) _recent.Dequeue();
            _recent.Enqueue(new(time.GetUtcNow(), operation, error.Code, error.UpstreamCode, error.Detail));
        }
    }
}

/// <summary>One call that AKOOL did not answer well.</summary>
/// <param name="Time">When it ended.</param>
/// <param name="Operation">For example <c>session.create</c>.</param>
/// <param name="Code">What its caller was told.</param>
/// <param name="UpstreamCode">AKOOL's business code, or 0.</param>
/// <param name="Detail">Our own sentence.</param>
public sealed record UpstreamProblem(DateTimeOffset Time, string Operation, SessionErrorCode Code, int UpstreamCode, string Detail);
