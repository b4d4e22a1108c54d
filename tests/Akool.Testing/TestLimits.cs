namespace Akool.Testing;

/// <summary>Limits on what a test waits for.</summary>
public static class TestLimits
{
    /// <summary>Limit on every await that could hang. Never reached by a test that passes.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    /// <summary>Limit on what waits for another process, whose start alone takes seconds on a busy machine.</summary>
    public static readonly TimeSpan Process = TimeSpan.FromSeconds(60);

    /// <summary>Limit on the stop of a gateway: what it promises itself, and a little more.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(20);
}
