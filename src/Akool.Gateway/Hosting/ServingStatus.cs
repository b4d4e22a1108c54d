using Grpc.Health.V1;
using Grpc.HealthCheck;

namespace Akool.Gateway.Hosting;

/// <summary>
/// Keeps grpc.health.v1: every service, and <c>""</c> for all of them, is SERVING from the start of the server to the begin of the drain. What
/// else may be wrong is for <c>/readyz</c>: chats go on without AKOOL's REST side or the ledger, and a balancer must not cut them off.
/// </summary>
internal sealed class ServingStatus(HealthServiceImpl health, GatewayDrain drain) : IHostedService, IDisposable
{
    private static readonly string[] Services =
        ["", "akool.avatar.v1.SessionService", "akool.avatar.v1.ChatService", "akool.avatar.v1.CatalogService", "akool.avatar.v1.AdminService"];

    private CancellationTokenRegistration _draining;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Set(HealthCheckResponse.Types.ServingStatus.Serving);
        _draining = drain.Begun.Register(() => Set(HealthCheckResponse.Types.ServingStatus.NotServing));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _draining.Dispose();

    private void Set(HealthCheckResponse.Types.ServingStatus status)
    {
        foreach (var service in Services) health.SetStatus(service, status);
    }
}
