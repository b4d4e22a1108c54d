using Microsoft.Extensions.Configuration.Json;

namespace Akool.Gateway.Hosting;

/// <summary>
/// <c>appsettings.json</c> and the environment's, looked at every four seconds. The host's own way would have the system watch the folder in which the
/// process was started and every folder below it (https://github.com/dotnet/runtime/issues/116713): in <c>/</c> that is the whole disk, a ledger there wakes
/// the process with each of its writes, and files that are links to others, as Kubernetes mounts them, are not seen to change. Nor does it keep what
/// a file said that cannot be read again, or tell of one that it may not open.
/// </summary>
internal sealed class SettingsFiles : IAsyncDisposable
{
    /// <summary>The command line's way to say that the host shall not watch.</summary>
    public const string HostDoesNotWatch = "--hostBuilder:reloadConfigOnChange=false";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(4);

    private readonly List<SettingsFile> _files = [];
    private ILogger? _logger;
    private ITimer? _timer;

    /// <summary>Takes the place of the host's own files in a folder that it has read.</summary>
    public SettingsFiles(IConfigurationBuilder configuration, string folder)
    {
        for (var i = 0; i < configuration.Sources.Count; i++)
        {
            if (configuration.Sources[i] is not JsonConfigurationSource source) continue;
            _files.Add(new(Path.Combine(folder, source.Path!), source.Optional));
            configuration.Sources[i] = _files[^1];
        }
    }

    /// <summary>Follows them from now on; what cannot be read is logged.</summary>
    public void Follow(ILogger logger, TimeProvider time)
    {
        _logger = logger;
        _timer = time.CreateTimer(static files => ((SettingsFiles)files!).Look(), this, Period, Timeout.InfiniteTimeSpan);
    }

    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? default;

    // Armed again only after it, so that no two run at once.
    private void Look()
    {
        foreach (var file in _files)
            if (file.Look() is { } fault) Log.SettingsUnreadable(_logger!, Path.GetFileName(file.Path), fault);
        _timer!.Change(Period, Timeout.InfiniteTimeSpan);
    }
}
