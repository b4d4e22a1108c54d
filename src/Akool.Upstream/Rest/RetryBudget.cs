namespace Akool.Upstream.Rest;

/// <summary>
/// Bounds repeats to a share of the calls, so that retries never multiply the load on an AKOOL that is down: each call pays in a fifth of a try, each
/// repeat takes one out. Safe from any thread.
/// </summary>
internal sealed class RetryBudget
{
    private const double Share = 0.2;
    private const double Most = 10;

    private readonly Lock _gate = new(); // guards _saved
    private double _saved = Most;

    /// <summary>A call was offered.</summary>
    public void Offer()
    {
        lock (_gate) _saved = Math.Min(Most, _saved + Share);
    }

    /// <summary>Takes out one repeat, if there is one.</summary>
    public bool TryRepeat()
    {
        lock (_gate)
        {
            if (_saved < 1) return false;
            _saved -= 1;
            return true;
        }
    }
}
