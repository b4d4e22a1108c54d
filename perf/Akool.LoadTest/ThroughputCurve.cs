using System.Globalization;
using System.Text;
using NBomber.Contracts.Stats;
using NBomber.Reports;

namespace Akool.LoadTest;

/// <summary>What a number of concurrent sessions gave.</summary>
internal sealed record CurvePoint(int Sessions, double SessionsPerSecond, double TurnsPerSecond, double P50Ms, double P99Ms, int Failed)
{
    public static CurvePoint Of(int sessions, ScenarioStats stats)
    {
        var turn = stats.StepStats.Find("turn");
        return new(sessions, stats.Ok.Request.RPS, turn?.Ok.Request.RPS ?? 0, turn?.Ok.Latency.Percent50 ?? 0, turn?.Ok.Latency.Percent99 ?? 0, stats.AllFailCount);
    }
}

/// <summary>Throughput and latency over concurrent sessions, for the README.</summary>
internal static class ThroughputCurve
{
    public static string Svg(IReadOnlyList<CurvePoint> points) => SvgPlot.Of("concurrent sessions", "turns/s", "ms",
    [
        new("turns/s", "#0b6", false, [.. points.Select(p => ((double)p.Sessions, p.TurnsPerSecond))]),
        new("p50 ms, closed loop", "#06c", true, [.. points.Select(p => ((double)p.Sessions, p.P50Ms))]),
        new("p99 ms, closed loop", "#c30", true, [.. points.Select(p => ((double)p.Sessions, p.P99Ms))]),
    ]);

    public static string Markdown(IReadOnlyList<CurvePoint> points)
    {
        var table = new StringBuilder("| concurrent sessions | sessions/s (created, talked with, closed) | turns/s | turn p50 ms, closed loop | turn p99 ms, closed loop | failed |\n|---|---|---|---|---|---|\n");
        foreach (var p in points)
            table.Append(CultureInfo.InvariantCulture, $"| {p.Sessions} | {p.SessionsPerSecond:0.0} | {p.TurnsPerSecond:0} | {p.P50Ms:0.00} | {p.P99Ms:0.00} | {p.Failed} |\n");
        return table.ToString();
    }
}
