using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace Akool.Gateway.Hosting;

/// <summary>
/// <c>appsettings.json</c> and the environment's, looked at every four seconds. The host's own way would have the system watch the folder in which the
/// process was started and every folder below it (https://github.com/dotnet/runtime/issues/116713): in <c>/</c> that is the whole disk, a ledger there wakes
/// the process with each of its writes, and files that are links to others, as Kubernetes mounts them, are not seen to change.
/// </summary>
internal sealed class SettingsFiles : IDisposable
{
    /// <summary>The command line's way to say that the host shall not watch.</summary>
    public const string HostDoesNotWatch = "--hostBuilder:reloadConfigOnChange=false";

    private readonly PhysicalFileProvider _files;
    private volatile ILogger? _logger;

    /// <summary>Follows the files of a folder that the host has read.</summary>
    public SettingsFiles(IConfigurationBuilder configuration, string folder)
    {
        _files = new PhysicalFileProvider(folder) { UsePollingFileWatcher = true, UseActivePolling = true };
        for (var i = 0; i < configuration.Sources.Count; i++)
        {
            if (configuration.Sources[i] is not JsonConfigurationSource source) continue;
            configuration.Sources[i] = new Followed(this) { Path = source.Path!, Optional = source.Optional, FileProvider = _files, ReloadOnChange = true };
        }
    }

    /// <summary>From now on a file that cannot be read is logged, and counts as it was read last.</summary>
    public void LogTo(ILogger logger) => _logger = logger;

    public void Dispose() => _files.Dispose();

    private sealed class Followed(SettingsFiles files) : JsonConfigurationSource
    {
        public override IConfigurationProvider Build(IConfigurationBuilder builder) => new LastingFile(this, files);
    }

    // The host's own provider forgets what a file said that cannot be read again, and the next change of another file would make that count.
    private sealed class LastingFile(Followed source, SettingsFiles files) : JsonConfigurationProvider(source)
    {
        public override void Load(Stream stream)
        {
            try
            {
                base.Load(stream);
            }
            catch (Exception unreadable) when (files._logger is not null)
            {
                Log.SettingsUnreadable(files._logger, Source.Path!, unreadable.GetBaseException().Message);
            }
        }
    }
}
