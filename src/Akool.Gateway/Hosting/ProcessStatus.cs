using System.Globalization;
using System.Reflection;

namespace Akool.Gateway.Hosting;

/// <summary>The build that runs, since when, and how much memory it has.</summary>
internal sealed class ProcessStatus(TimeProvider time, GatewayDrain drain, IHostEnvironment environment) : IStatusSource
{
    private static readonly string Build =
        typeof(ProcessStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly long _started = time.GetTimestamp();

    public StatusTable Read()
    {
        var uptime = TimeSpan.FromSeconds(Math.Floor(time.GetElapsedTime(_started).TotalSeconds));
        return new StatusTable("Gateway", ["", ""], [
            ["build", Build],
            ["runtime", Environment.Version.ToString()],
            ["environment", environment.EnvironmentName],
            ["uptime", uptime.ToString("c", CultureInfo.InvariantCulture)],
            ["draining", drain.IsDraining ? "yes" : "no"],
            ["memory", string.Create(CultureInfo.InvariantCulture, $"{Environment.WorkingSet / (1024 * 1024)} MiB")],
        ]);
    }
}
