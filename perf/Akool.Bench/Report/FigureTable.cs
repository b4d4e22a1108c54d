using System.Globalization;
using System.Text;

namespace Akool.Bench.Report;

/// <summary>The one table of a run, in Markdown.</summary>
internal static class FigureTable
{
    public static string Of(BenchResult result)
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"{result.UnderTest} at {result.Commit}, {result.Taken}, {result.Machine}, {result.Cores} cores, {result.Runtime}, {result.GcMode} GC, ");
        table.Append(CultureInfo.InvariantCulture, $"{result.Options.Repetitions} rounds of {result.Options.WindowRoundTrips} round trips, {result.PayloadCharacters}-character texts\n\n");
        table.Append("| # | what | median | spread | must | goal | |\n|---|---|---|---|---|---|---|\n");
        foreach (var f in result.Figures)
        {
            var verdict = f.Must is null ? "" : f.MissesMust ? "**misses**" : "holds";
            table.Append(CultureInfo.InvariantCulture, $"| {f.Id} | {f.What} | {Number(f.Value)} {f.Unit} | {Number(f.Least)} .. {Number(f.Most)} | {Number(f.Must)} | {Number(f.Goal)} | {verdict} |\n");
        }

        if (result.Notes.Count > 0) table.Append('\n').AppendJoin('\n', result.Notes.Select(note => $"- {note}")).Append('\n');
        return table.ToString();
    }

    private static string Number(double? value) => value is not { } v ? "" : v.ToString(Math.Abs(v) >= 100 ? "N0" : "0.00", CultureInfo.InvariantCulture);
}
