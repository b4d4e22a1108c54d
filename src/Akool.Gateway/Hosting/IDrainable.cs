namespace Akool.Gateway.Hosting;

/// <summary>A part of the gateway that must be wound down before the process may end.</summary>
internal interface IDrainable
{
    /// <summary>
    /// Tells every stream to go away at once, lets it go on for <paramref name="grace"/>, then ends it. May be called again while a call is
    /// under way: the shorter grace holds.
    /// </summary>
    /// <param name="grace">How long streams may go on.</param>
    /// <param name="closeSessions">Whether to close the sessions at the end of the grace, or leave them to another replica.</param>
    /// <param name="cancellation">The end of the time that there is for it.</param>
    Task<DrainResult> DrainAsync(TimeSpan grace, bool closeSessions, CancellationToken cancellation);
}

/// <summary>What a drain ended.</summary>
internal readonly record struct DrainResult(int StreamsEnded, int SessionsClosed);
