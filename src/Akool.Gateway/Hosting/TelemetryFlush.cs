using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Akool.Gateway.Hosting;

/// <summary>
/// Hands on what telemetry is left once everything has stopped, and gives up soon: with a collector that does not answer the library itself would hold
/// up the end for five seconds a signal.
/// </summary>
internal sealed class TelemetryFlush(IServiceProvider services) : IHostedLifecycleService
{
    // What GatewayDrain.ShutdownLimit leaves of the 15 s after SIGTERM, but for the process's own end.
    private const int Milliseconds = 800;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => services.GetService<TracerProvider>()?.Shutdown(Milliseconds), CancellationToken.None),
        Task.Run(() => services.GetService<MeterProvider>()?.Shutdown(Milliseconds), CancellationToken.None),
        Task.Run(() => services.GetService<LoggerProvider>()?.Shutdown(Milliseconds), CancellationToken.None));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
