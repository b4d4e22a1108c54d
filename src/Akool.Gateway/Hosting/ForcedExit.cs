using System.Runtime.InteropServices;

namespace Akool.Gateway.Hosting;

/// <summary>Ends the process at once when a second signal asks for its end; the first one is the host's, and drains.</summary>
internal sealed class ForcedExit(ILogger<ForcedExit> logger) : IHostedService, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) < 2) return;
        Log.ForcedExit(logger);
        // What a shell reports for a process that the signal ended.
        Environment.Exit(context.Signal == PosixSignal.SIGINT ? 130 : 143);
    }
}
