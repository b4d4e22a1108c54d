namespace Akool.Gateway.Hosting;

/// <summary>What <c>/readyz</c> checks, one by one: the drain, the ledger, the circuit breaker before AKOOL.</summary>
internal sealed class HealthStatus(IEnumerable<IReadinessCheck> checks) : IStatusSource
{
    public StatusTable Read() => new("Health", ["check", "fault"], [.. checks.Select(check => (string[])[check.Name, check.Fault() ?? "none"])]);
}
