using System.Globalization;

namespace Akool.Bench.Report;

/// <summary>Holds a run against an earlier one by what repeats: ratios of CPU, and bytes.</summary>
internal static class Gate
{
    /// <summary>More than the spread of five rounds on a shared 2-core machine.</summary>
    private const double RatioTolerance = 1.10;

    /// <summary>Bytes repeat: what moves them is code, and a little of what runs beside the turns.</summary>
    private const double BytesTolerance = 1.05;

    /// <summary>Sentences that say what got worse; none: the run passes. A figure that is gone fails too.</summary>
    public static IReadOnlyList<string> Failures(IReadOnlyList<Figure> before, IReadOnlyList<Figure> now)
    {
        if (before.All(f => f.Gate == GateKind.None)) return ["the baseline has no figure that is gated"];
        var failures = new List<string>();
        foreach (var old in before.Where(f => f.Gate != GateKind.None))
        {
            var limit = old.Gate switch
            {
                GateKind.Ratio => old.Value * RatioTolerance,
                GateKind.Bytes => old.Value * BytesTolerance,
                _ => double.PositiveInfinity,
            };
            if (now.FirstOrDefault(f => f.Id == old.Id && f.What == old.What) is not { } figure) failures.Add($"{old.Id} {old.What}: not measured");
            else if (!(figure.Value <= limit))
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{old.Id} {old.What}: {figure.Value:0.00} {old.Unit}, was {old.Value:0.00}, at most {limit:0.00}"));
        }

        failures.AddRange(now.Where(f => f.Gate != GateKind.None && f.MissesMust)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Id} {f.What}: {f.Value:0.00} {f.Unit}, must be at most {f.Must:0.00}")));
        return failures;
    }
}
