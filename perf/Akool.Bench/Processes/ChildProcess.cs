using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Akool.Bench.Processes;

/// <summary>A process of the bench: started, measured from outside, and killed when disposed.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60); // a full collection of a large heap
    private readonly Process _process;
    private readonly HttpClient _operations;
    private readonly int _figuresPort;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly Queue<string> _tail = [];                  // guarded by itself: the last lines it wrote, for the error text

    private ChildProcess(string name, Process process, Uri operations, int figuresPort)
    {
        (Name, _process, _figuresPort) = (name, process, figuresPort);
        _operations = new HttpClient { BaseAddress = operations, Timeout = AnswerLimit };
    }

    public string Name { get; }

    public int Pid => _process.Id;

    /// <summary>Since it was started.</summary>
    public TimeSpan Age => TimeProvider.System.GetElapsedTime(_started);

    public TimeSpan Cpu => ProcStat.CpuOf(Pid);

    public long RssBytes => ProcStat.RssBytesOf(Pid);

    /// <summary>Starts it and waits until its operations port answers <paramref name="readyPath"/>.</summary>
    public static async Task<ChildProcess> StartAsync(string name, string file, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment, Uri operations, int figuresPort, string readyPath, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (key, value) in environment) start.Environment[key] = value;
        var child = new ChildProcess(name, Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start"), operations, figuresPort);
        child._process.OutputDataReceived += child.Keep;
        child._process.ErrorDataReceived += child.Keep;
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        try
        {
            await child.ReadyAsync(readyPath, cancellation);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its runtime's own figures, after a full collection where that is asked for.</summary>
    public async Task<RuntimeFigures> RuntimeAsync(bool collect = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _figuresPort);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{collect}\n"));
        return await JsonSerializer.DeserializeAsync<RuntimeFigures>(stream).AsTask().WaitAsync(AnswerLimit)
            ?? throw new InvalidDataException($"{Name} told nothing of its runtime");
    }

    public async Task<string> GetAsync(string path) => await _operations.GetStringAsync(new Uri(path, UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        _operations.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadyAsync(string path, CancellationToken cancellation)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin) < StartLimit)
        {
            if (_process.HasExited) throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}:\n{Tail()}");
            try
            {
                using var answer = await _operations.GetAsync(new Uri(path, UriKind.Relative), cancellation);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellation);
        }

        throw new TimeoutException($"{Name} was not ready within {StartLimit}:\n{Tail()}");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_tail)
        {
            _tail.Enqueue(line.Data);
            if (_tail.Count > 40) _tail.Dequeue();
        }
    }

    private string Tail()
    {
        lock (_tail) return string.Join('\n', _tail);
    }
}
