using System.Diagnostics;

namespace Akool.LoadTest.Target;

/// <summary>One process of the local stack: started, waited for, killed when disposed.</summary>
internal sealed class StackProcess : IAsyncDisposable
{
    private const int TailLines = 40;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60), KillLimit = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly Queue<string> _tail = [];                  // guarded by itself: its last lines, for the error text

    private StackProcess(Process process) => _process = process;

    /// <summary>Starts a built assembly and waits until <paramref name="ready"/> answers with success.</summary>
    public static async Task<StackProcess> StartAsync(string dll, IReadOnlyDictionary<string, string> settings, Uri ready, CancellationToken cancellation)
    {
        string[] arguments = [dll, .. settings.Select(setting => $"--{setting.Key}={setting.Value}")];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var started = new StackProcess(Process.Start(start) ?? throw new InvalidOperationException($"{dll} did not start"));
        started._process.OutputDataReceived += started.Keep;
        started._process.ErrorDataReceived += started.Keep;
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        try
        {
            await started.ReadyAsync(dll, ready, cancellation);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it at once, if it runs; returns when it is gone and writes no file any more.</summary>
    public void Kill()
    {
        if (_process.HasExited) return;
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit(KillLimit);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadyAsync(string dll, Uri ready, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var begin = TimeProvider.System.GetTimestamp();
        while (!_process.HasExited && TimeProvider.System.GetElapsedTime(begin) < StartLimit)
        {
            try
            {
                using var answer = await http.GetAsync(ready, cancellation);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }

        lock (_tail) throw new InvalidOperationException($"{Path.GetFileName(dll)} did not come up:\n{string.Join('\n', _tail)}");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_tail)
        {
            _tail.Enqueue(line.Data);
            if (_tail.Count > TailLines) _tail.Dequeue();
        }
    }
}
