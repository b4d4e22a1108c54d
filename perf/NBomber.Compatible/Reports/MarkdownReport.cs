using System.Globalization;
using System.Text;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>Tables of steps, status codes and thresholds.</summary>
internal static class MarkdownReport
{
    public static string Of(RunReport report)
    {
        var md = new StringBuilder();
        var node = report.Node;
        md.Append(CultureInfo.InvariantCulture, $"# {node.TestInfo.TestSuite}: {node.TestInfo.TestName}\n\n");
        md.Append(CultureInfo.InvariantCulture, $"{node.TestInfo.Created:u}, {node.NodeInfo.OS}, {node.NodeInfo.CoresCount} cores, {node.NodeInfo.DotNetVersion}, took {node.Duration:hh\\:mm\\:ss}\n");
        foreach (var scenario in report.Scenarios) Scenario(md, scenario);
        if (node.Thresholds.Length > 0) md.Append("\n## Thresholds\n\n| scenario | step | check | result |\n|---|---|---|---|\n");
        foreach (var t in node.Thresholds)
            md.Append(CultureInfo.InvariantCulture, $"| {t.ScenarioName} | {t.StepName} | `{t.CheckExpression}` | {(t.IsFailed ? "**FAILED** " + t.ExceptionMsg : "held")} |\n");
        return md.ToString();
    }

    private static void Scenario(StringBuilder md, ScenarioOutcome outcome)
    {
        var scenario = outcome.Stats;
        md.Append(CultureInfo.InvariantCulture, $"\n## {scenario.ScenarioName}\n\n{scenario.AllOkCount} ok, {scenario.AllFailCount} failed in {scenario.Duration.TotalSeconds:F1} s");
        if (outcome.Drift is { } drift) md.Append(CultureInfo.InvariantCulture, $"; the generator's own drift: p50 {drift.P50:F2} ms, p99 {drift.P99:F2} ms, max {drift.Max:F2} ms");
        md.Append("\n\n| step | ok | failed | ok/s | min | mean | p50 | p75 | p95 | p99 | max | stddev | kB |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var (name, ok, fail) in RunReport.RowsOf(scenario))
            md.Append(CultureInfo.InvariantCulture, $"| {name} | {ok.Request.Count} | {fail.Request.Count} | {ok.Request.RPS:F1} | {ok.Latency.MinMs:F2} | {ok.Latency.MeanMs:F2} | {ok.Latency.Percent50:F2} | {ok.Latency.Percent75:F2} | ")
            .Append(CultureInfo.InvariantCulture, $"{ok.Latency.Percent95:F2} | {ok.Latency.Percent99:F2} | {ok.Latency.MaxMs:F2} | {ok.Latency.StdDev:F2} | {ok.DataTransfer.AllBytes / 1000.0:F0} |\n");
        Codes(md, scenario);
    }

    private static void Codes(StringBuilder md, ScenarioStats scenario)
    {
        var codes = RunReport.RowsOf(scenario).SelectMany(row => row.Ok.StatusCodes.Concat(row.Fail.StatusCodes).Select(code => (row.Name, Code: code))).ToArray();
        if (codes.Length == 0) return;
        md.Append("\n| step | status | | count | % | message |\n|---|---|---|---|---|---|\n");
        foreach (var (name, code) in codes)
            md.Append(CultureInfo.InvariantCulture, $"| {name} | {code.StatusCode} | {(code.IsError ? "failed" : "ok")} | {code.Count} | {code.Percent} | {code.Message.Replace('\n', ' ')} |\n");
    }
}
