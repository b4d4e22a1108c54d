using System.Globalization;

namespace Akool.Bench.Measures;

/// <summary>One contender's window. The canary's work is constant, so what it cost says how quiet the machine was; a floor has none.</summary>
internal sealed record Window(string Name, int Count, TimeSpan Took, double CpuMicroseconds, double Bytes, double? CanaryMicroseconds)
{
    public double PerSecond => Count / Took.TotalSeconds;

    /// <summary>The canary in words, to be put at the end of a line.</summary>
    public string Canary => CanaryMicroseconds is { } canary ? string.Create(CultureInfo.InvariantCulture, $"  canary {canary:0.00} us") : "";

    /// <summary>Several windows of one contender, of the same size, as one.</summary>
    public static Window Over(IReadOnlyList<Window> windows) => new(windows[0].Name, windows.Sum(w => w.Count), new(windows.Sum(w => w.Took.Ticks)),
        windows.Average(w => w.CpuMicroseconds), windows.Average(w => w.Bytes), windows.Average(w => w.CanaryMicroseconds));
}

/// <summary>Interleaved rounds (B1 B2 gateway, B1 B2 gateway, ...), without those in which a canary was too dear.</summary>
internal static class Rounds
{
    public const double CanaryLimit = 1.15;

    private const int TriesPerWindow = 3;

    /// <summary>Measures a window again at once while its canary is too dear, and gives the quietest. <paramref name="best"/> keeps each contender's cheapest canary.</summary>
    public static async Task<Window> QuietestAsync(Dictionary<string, double> best, Func<Task<Window>> measure)
    {
        Window? quietest = null;
        for (var tries = 0; tries < TriesPerWindow; tries++)
        {
            var window = await measure();
            if (quietest is null || window.CanaryMicroseconds < quietest.CanaryMicroseconds) quietest = window;
            if (quietest.CanaryMicroseconds is not { } canary) break;
            best[window.Name] = Math.Min(canary, best.GetValueOrDefault(window.Name, double.MaxValue));
            if (canary <= CanaryLimit * best[window.Name]) break;
        }

        return quietest!;
    }

    /// <summary>Repeats the round until enough are quiet, at most three times as often as wanted.</summary>
    public static async Task<IReadOnlyList<IReadOnlyDictionary<string, Window>>> RunAsync(int wanted, Func<Task<IReadOnlyDictionary<string, Window>>> round,
        ICollection<string> notes)
    {
        var all = new List<IReadOnlyDictionary<string, Window>>();
        while (true)
        {
            all.Add(await round());
            var quiet = Quiet(all);
            if (quiet.Count >= wanted)
            {
                if (quiet.Count < all.Count) notes.Add($"{all.Count - quiet.Count} of {all.Count} rounds dropped: a canary was over {CanaryLimit} x its best");
                return quiet;
            }

            if (all.Count < 3 * wanted) continue;
            // Not the quiet ones alone: a figure of one or two rounds is no median.
            var least = all.OrderBy(round => Disturbance(round, all)).Take(wanted).ToList();
            notes.Add($"THE MACHINE WAS NOT QUIET: {quiet.Count} of {all.Count} rounds were; the figures are of the {wanted} least disturbed ones, "
                + $"whose canaries were up to {Disturbance(least[^1], all):0.00} x their best");
            return least;
        }
    }

    /// <summary>Rounds in which every window's canary is within the limit of that contender's best.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, Window>> Quiet(IReadOnlyList<IReadOnlyDictionary<string, Window>> all) =>
        [.. all.Where(round => Disturbance(round, all) <= CanaryLimit)];

    // How much dearer its worst canary was than that contender's best.
    private static double Disturbance(IReadOnlyDictionary<string, Window> round, IReadOnlyList<IReadOnlyDictionary<string, Window>> all) =>
        round.Values.Max(w => w.CanaryMicroseconds / all.Min(other => other[w.Name].CanaryMicroseconds)) ?? 1;
}
