using System.Globalization;
using System.Net;
using System.Text;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>One page without scripts: the Markdown report's tables, and a plot of each scenario over time.</summary>
internal static class HtmlReport
{
    private const string Style = "body{font:14px sans-serif;max-width:1100px;margin:2em auto}table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:3px 8px;text-align:right}td:first-child{text-align:left}.failed{color:#b00020;font-weight:bold}";

    public static string Of(RunReport report)
    {
        var node = report.Node;
        var html = new StringBuilder();
        var title = WebUtility.HtmlEncode($"{node.TestInfo.TestSuite}: {node.TestInfo.TestName}");
        html.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{Style}</style></head><body>\n<h1>{title}</h1>\n");
        html.Append(CultureInfo.InvariantCulture, $"<p>{node.TestInfo.Created:u}, {WebUtility.HtmlEncode(node.NodeInfo.OS)}, {node.NodeInfo.CoresCount} cores, {node.NodeInfo.DotNetVersion}, took {node.Duration:hh\\:mm\\:ss}</p>\n");
        foreach (var scenario in report.Scenarios) Scenario(html, scenario);
        if (node.Thresholds.Length > 0) html.Append("<h2>Thresholds</h2>\n<table><tr><th>scenario</th><th>step</th><th>check</th><th>result</th></tr>\n");
        foreach (var t in node.Thresholds)
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(t.ScenarioName)}</td><td>{WebUtility.HtmlEncode(t.StepName)}</td><td><code>{WebUtility.HtmlEncode(t.CheckExpression)}</code></td><td{(t.IsFailed ? " class=\"failed\">FAILED" : ">held")}</td></tr>\n");
        if (node.Thresholds.Length > 0) html.Append("</table>\n");
        return html.Append("</body></html>\n").ToString();
    }

    private static void Scenario(StringBuilder html, ScenarioOutcome outcome)
    {
        var scenario = outcome.Stats;
        html.Append(CultureInfo.InvariantCulture, $"<h2>{WebUtility.HtmlEncode(scenario.ScenarioName)}</h2>\n<p>{scenario.AllOkCount} ok, {scenario.AllFailCount} failed in {scenario.Duration.TotalSeconds:F1} s");
        if (outcome.Drift is { } drift) html.Append(CultureInfo.InvariantCulture, $"; the generator's own drift: p50 {drift.P50:F2} ms, p99 {drift.P99:F2} ms, max {drift.Max:F2} ms");
        html.Append("</p>\n").Append(SvgPlot.Of("seconds", "ok/s", "ms",
        [
            new("ok/s", "#0b6", false, [.. outcome.Timeline.Select(p => (p.Second, p.OkPerSecond))]),
            new("p50 ms", "#06c", true, [.. outcome.Timeline.Select(p => (p.Second, p.P50Ms))]),
            new("p99 ms", "#c30", true, [.. outcome.Timeline.Select(p => (p.Second, p.P99Ms))]),
        ]));
        html.Append("<table><tr><th>step</th><th>ok</th><th>failed</th><th>ok/s</th><th>min ms</th><th>mean</th><th>p50</th><th>p75</th><th>p95</th><th>p99</th><th>max</th><th>stddev</th></tr>\n");
        foreach (var (name, ok, fail) in RunReport.RowsOf(scenario))
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(name)}</td><td>{ok.Request.Count}</td><td>{fail.Request.Count}</td><td>{ok.Request.RPS:F1}</td><td>{ok.Latency.MinMs:F2}</td><td>{ok.Latency.MeanMs:F2}</td><td>{ok.Latency.Percent50:F2}</td>")
            .Append(CultureInfo.InvariantCulture, $"<td>{ok.Latency.Percent75:F2}</td><td>{ok.Latency.Percent95:F2}</td><td>{ok.Latency.Percent99:F2}</td><td>{ok.Latency.MaxMs:F2}</td><td>{ok.Latency.StdDev:F2}</td></tr>\n");
        html.Append("</table>\n");
        var codes = RunReport.RowsOf(scenario).SelectMany(row => row.Fail.StatusCodes.Select(code => (row.Name, Code: code))).ToArray();
        if (codes.Length == 0) return;
        html.Append("<table><tr><th>step</th><th>status</th><th>count</th><th>%</th><th>message</th></tr>\n");
        foreach (var (name, code) in codes)
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(name)}</td><td>{WebUtility.HtmlEncode(code.StatusCode)}</td><td>{code.Count}</td><td>{code.Percent}</td><td>{WebUtility.HtmlEncode(code.Message)}</td></tr>\n");
        html.Append("</table>\n");
    }
}
