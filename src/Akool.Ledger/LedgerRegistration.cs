using System.Diagnostics.Metrics;
using Akool.Ledger.Sqlite;
using Akool.Sessions.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Akool.Ledger;

/// <summary>Puts the ledger into a host.</summary>
public static class LedgerRegistration
{
    /// <summary>
    /// Adds <see cref="ISessionLedger"/> over the store that the <c>Ledger</c> section names. Nothing is opened before
    /// <see cref="ISessionLedger.OpenAsync"/>; what is queued is written out when the host disposes its services.
    /// </summary>
    public static IServiceCollection AddSessionLedger(this IServiceCollection services)
    {
        services.AddOptions<LedgerOptions>().BindConfiguration("Ledger").ValidateOnStart();
        services.AddSingleton<IValidateOptions<LedgerOptions>, LedgerOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ISessionLedger>(provider => new SqliteLedger(
            new SqliteFile(provider.GetRequiredService<IOptions<LedgerOptions>>().Value.ConnectionString),
            provider.GetRequiredService<TimeProvider>(),
            new LedgerTelemetry(provider.GetService<IMeterFactory>()),
            provider.GetRequiredService<ILogger<SqliteLedger>>()));
        return services;
    }
}
