using System.Globalization;
using System.Text;
using NBomber.Contracts.Stats;

namespace NBomber.Reports;

/// <summary>One line a step, successes and failures apart.</summary>
internal static class CsvReport
{
    public static string Of(RunReport report)
    {
        var csv = new StringBuilder("test_suite,test_name,scenario,step,result,count,rps,min_ms,mean_ms,max_ms,p50_ms,p75_ms,p95_ms,p99_ms,stddev_ms,all_bytes,duration_s\n");
        foreach (var scenario in report.Node.ScenarioStats)
        {
            foreach (var (name, ok, fail) in RunReport.RowsOf(scenario))
            {
                Line(csv, report.Node.TestInfo, scenario, name, "ok", ok);
                Line(csv, report.Node.TestInfo, scenario, name, "fail", fail);
            }
        }

        return csv.ToString();
    }

    private static void Line(StringBuilder csv, TestInfo test, ScenarioStats scenario, string step, string result, MeasurementStats m) =>
        csv.Append(CultureInfo.InvariantCulture,
            $"{Cell(test.TestSuite)},{Cell(test.TestName)},{Cell(scenario.ScenarioName)},{Cell(step)},{result},{m.Request.Count},{m.Request.RPS:F2},")
        .Append(CultureInfo.InvariantCulture, $"{m.Latency.MinMs:F3},{m.Latency.MeanMs:F3},{m.Latency.MaxMs:F3},{m.Latency.Percent50:F3},{m.Latency.Percent75:F3},")
        .Append(CultureInfo.InvariantCulture, $"{m.Latency.Percent95:F3},{m.Latency.Percent99:F3},{m.Latency.StdDev:F3},{m.DataTransfer.AllBytes},{scenario.Duration.TotalSeconds:F2}\n");

    private static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
