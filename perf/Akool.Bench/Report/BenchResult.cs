using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Akool.Bench.Load;

namespace Akool.Bench.Report;

/// <summary>A run of the bench, as it is kept in <c>perf/results/</c>.</summary>
internal sealed record BenchResult(string Taken, string Commit, string Machine, int Cores, string Kernel, string Runtime, string GcMode, string UnderTest,
    int PayloadCharacters, BenchOptions Options, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Notes)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>A run of the build of <paramref name="commit"/>, which has ended now.</summary>
    public static BenchResult Of(string commit, BenchOptions options, IReadOnlyList<Figure> figures, IReadOnlyList<string> notes) => new(
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture), commit, Processor(), Environment.ProcessorCount,
        RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, options.WorkstationGc ? "workstation" : "server",
        options.GatewayDll is null ? "bridge" : "gateway", ClosedLoop.Text.Length, options with { GatewayDll = null }, figures, notes);

    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");
    }

    public static BenchResult Read(string path) =>
        JsonSerializer.Deserialize<BenchResult>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"{path} holds no result");

    /// <summary>The commit that is checked out now.</summary>
    public static string CommitHere()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["rev-parse", "--short", "HEAD"]) { RedirectStandardOutput = true, RedirectStandardError = true });
        return git?.StandardOutput.ReadToEnd().Trim() is { Length: > 0 } commit ? commit : "unknown";
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
}
