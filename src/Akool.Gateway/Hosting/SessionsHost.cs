using Akool.Sessions;

namespace Akool.Gateway.Hosting;

/// <summary>Runs the sessions with the host: taken back from the ledger before anything is served, swept while it serves, wound down with it.</summary>
internal sealed class SessionsHost(SessionLifecycle sessions) : BackgroundService, IHostedLifecycleService, IDrainable
{
    /// <exception cref="StartRefusedException">The ledger cannot be opened: a gateway that forgets would leak sessions.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var started = await sessions.StartAsync(cancellationToken);
        if (!started.IsOk) throw new StartRefusedException(started.Error.Detail);
    }

    public async Task<DrainResult> DrainAsync(TimeSpan grace, bool closeSessions, CancellationToken cancellation)
    {
        var (streams, closed) = await sessions.Admin.DrainAsync(grace, closeSessions, cancellation);
        return new(streams, closed);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sessions.RunAsync(stoppingToken);
}

/// <summary>The gateway must not start; the message says why and what to do.</summary>
public sealed class StartRefusedException(string message) : Exception(message);
