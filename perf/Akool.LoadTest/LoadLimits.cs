namespace Akool.LoadTest;

/// <summary>How long anything may take before it counts as lost.</summary>
internal static class LoadLimits
{
    /// <summary>One unary call.</summary>
    public static readonly TimeSpan Call = TimeSpan.FromSeconds(15);

    /// <summary>A turn's answer or outcome.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(45);

    /// <summary>After the last scenario, until no session may be open at AKOOL any more: a lease of 30 s and its sweep.</summary>
    public static readonly TimeSpan Leak = TimeSpan.FromSeconds(60);
}
