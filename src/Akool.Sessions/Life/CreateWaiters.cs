namespace Akool.Sessions.Life;

/// <summary>
/// Counts the calls that wait for one session to be created. The last to leave closes it, unless one of them was given it: then it is that one's. Safe from
/// any thread.
/// </summary>
internal sealed class CreateWaiters
{
    private readonly Lock _gate = new(); // guards both fields
    private int _waiting;
    private bool _isGiven;

    public void Join()
    {
        lock (_gate) _waiting++;
    }

    /// <summary>A call gets the session.</summary>
    public void Give()
    {
        lock (_gate)
        {
            _waiting--;
            _isGiven = true;
        }
    }

    /// <summary>A call leaves without the session; whether nobody is left who would want it.</summary>
    public bool Leave()
    {
        lock (_gate) return --_waiting == 0 && !_isGiven;
    }
}
