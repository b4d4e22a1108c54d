using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace NBomber.Reports;

/// <summary>Writes the reports that were asked for.</summary>
internal static class ReportWriter
{
    public static ReportFile[] Write(NBomberContext context, RunReport report)
    {
        if (context.Formats.Count > 0) Directory.CreateDirectory(context.ReportFolder);
        return [.. context.Formats.Select(format =>
        {
            var (extension, content) = format switch
            {
                ReportFormat.Html => ("html", HtmlReport.Of(report)),
                ReportFormat.Csv => ("csv", CsvReport.Of(report)),
                ReportFormat.Md => ("md", MarkdownReport.Of(report)),
                _ => ("txt", MarkdownReport.Of(report).Replace("|", " ", StringComparison.Ordinal)),
            };
            var path = Path.Combine(context.ReportFolder, $"{context.ReportFileName}.{extension}");
            File.WriteAllText(path, content);
            return new ReportFile(path, format, content);
        })];
    }
}
