using System.Diagnostics;
using System.Globalization;

namespace Akool.Emulator.Tests.Programs;

/// <summary>A program of this repository as a process of its own. Disposing it kills it, if it still runs.</summary>
internal sealed class ProgramRun : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private ProgramRun(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    public static ProgramRun Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program + ".dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new ProgramRun(Process.Start(start)!);
    }

    /// <summary>Reads on to a line that contains a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(TestLimits.Hang) is { } line)
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        throw new InvalidOperationException("the program ended: " + await _error.WaitAsync(TestLimits.Hang));
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(TestLimits.Hang);
    }

    /// <summary>Waits for its end; gives its exit code and the rest of what it said.</summary>
    public async Task<(int ExitCode, string Output, string Error)> EndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(TestLimits.Hang);
        await _process.WaitForExitAsync().WaitAsync(TestLimits.Hang);
        return (_process.ExitCode, output, await _error.WaitAsync(TestLimits.Hang));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
