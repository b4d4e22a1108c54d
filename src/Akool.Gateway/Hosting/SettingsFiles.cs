using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace Akool.Gateway.Hosting;

/// <summary>
/// <c>appsettings.json</c> and the environment's, looked at every four seconds. The host's own way would have the system watch the folder in which the
/// process was started and every folder below it (https://github.com/dotnet/runtime/issues/116713): in <c>/</c> that is the whole disk, a ledger there wakes
/// the process with each of its writes, and files that are links to others, as Kubernetes mounts them, are not seen to change.
/// </summary>
internal static class SettingsFiles
{
    /// <summary>The command line's way to say that the host shall not watch.</summary>
    public const string HostDoesNotWatch = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>Follows the settings files of a folder, which the host has read. The caller disposes what it is given when they need not be followed any more.</summary>
    public static IDisposable FollowSettingsFiles(this IConfigurationBuilder configuration, string folder)
    {
        var files = new PhysicalFileProvider(folder) { UsePollingFileWatcher = true, UseActivePolling = true };
        for (var i = 0; i < configuration.Sources.Count; i++)
        {
            if (configuration.Sources[i] is not JsonConfigurationSource source) continue;
            (source.FileProvider, source.ReloadOnChange) = (files, true);
            configuration.Sources[i] = source; // so that it is read anew
        }
        return files;
    }
}
