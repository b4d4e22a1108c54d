namespace Akool.Gateway.Hosting;

/// <summary>
/// Winds the gateway down: once it has begun nothing is admitted any more, and it never ends but with the process. Begun by the host's stop
/// (SIGTERM), while the server still listens, or by an administrator's call. Safe from any thread.
/// </summary>
internal sealed class GatewayDrain(IEnumerable<IDrainable> parts, TimeProvider time, ILogger<GatewayDrain> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>How long streams may go on after SIGTERM: running turns may finish.</summary>
    public static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(10);

    /// <summary>Limit on the whole stop, drain included; the process must be gone 15 s after SIGTERM.</summary>
    public static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(14);

    /// <summary>How long what a watcher was told last has to get out.</summary>
    public static readonly TimeSpan WatchersGrace = TimeSpan.FromMilliseconds(200);

    /// <summary>How long calls that are no part of the drain, such as a create, have after it to end by themselves.</summary>
    public static readonly TimeSpan LastCallsGrace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _begun = new();
    private readonly CancellationTokenSource _over = new(Timeout.InfiniteTimeSpan, time);
    private readonly CancellationTokenSource _lastCalls = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>Whether the gateway admits nothing any more.</summary>
    public bool IsDraining => _begun.IsCancellationRequested;

    /// <summary>Cancelled when the drain begins.</summary>
    public CancellationToken Begun => _begun.Token;

    /// <summary>Cancelled when the drain before the process's end is over: what merely watches must end, and has heard of the drain by then.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Cancelled <see cref="LastCallsGrace"/> after the drain: whatever is still open must end.</summary>
    public CancellationToken LastCalls => _lastCalls.Token;

    /// <summary>Drains every part at once, and says what that ended. May be called again, for example with a shorter grace.</summary>
    public async Task<DrainResult> RunAsync(TimeSpan grace, bool closeSessions, CancellationToken cancellation)
    {
        Log.DrainBegan(logger, grace);
        await _begun.CancelAsync();
        var results = await Task.WhenAll(parts.Select(part => part.DrainAsync(grace, closeSessions, cancellation)));
        var ended = new DrainResult(results.Sum(result => result.StreamsEnded), results.Sum(result => result.SessionsClosed));
        Log.DrainEnded(logger, ended.StreamsEnded, ended.SessionsClosed);
        return ended;
    }

    /// <summary>The host's stop, before the server stops listening.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(ShutdownGrace, closeSessions: true, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.DrainCutShort(logger);
        }
        catch (Exception cause)
        {
            // The rest of the stop must go on: what this part left open, the ledger knows.
            Log.DrainFailed(logger, cause);
        }

        _over.CancelAfter(WatchersGrace);
        _lastCalls.CancelAfter(LastCallsGrace);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _begun.Dispose();
        _over.Dispose();
        _lastCalls.Dispose();
    }
}
