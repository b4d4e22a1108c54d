using System.Globalization;
using Akool.Bench.Measures;
using Akool.Bench.Report;

namespace Akool.Bench;

/// <summary>Collects a run's figures and notes, and tells them as they come.</summary>
internal sealed class BenchLog(TextWriter output)
{
    public List<Figure> Figures { get; } = [];

    public List<string> Notes { get; } = [];

    public void Add(Figure figure) => Figures.Add(figure);

    public void Say(string line) => output.WriteLine(line);

    public void Window(Window w) => Say(string.Create(CultureInfo.InvariantCulture,
        $"{w.Name,-20} {w.CpuMicroseconds,8:0.00} us  {w.Bytes,8:0} B  {w.PerSecond,8:0}/s{w.Canary}"));
}
