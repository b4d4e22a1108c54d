using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.CSharp;

/// <summary>A run before it starts.</summary>
public sealed record NBomberContext
{
    internal IReadOnlyList<ScenarioProps> Scenarios { get; init; } = [];

    internal string TestSuite { get; init; } = "nbomber_default_test_suite_name";

    internal string TestName { get; init; } = "nbomber_default_test_name";

    internal string ReportFolder { get; init; } = "reports";

    internal string ReportFileName { get; init; } = "nbomber_report";

    internal TimeSpan CompletionTimeout { get; init; } = TimeSpan.FromMinutes(1);

    internal IReadOnlyList<ReportFormat> Formats { get; init; } = [ReportFormat.Html, ReportFormat.Md, ReportFormat.Csv, ReportFormat.Txt];
}

/// <summary>Registers and runs scenarios.</summary>
public static class NBomberRunner
{
    /// <summary>Scenarios that run side by side.</summary>
    public static NBomberContext RegisterScenarios(params ScenarioProps[] scenarios) => new() { Scenarios = scenarios };

    /// <summary>Names the suite in the reports.</summary>
    public static NBomberContext WithTestSuite(this NBomberContext context, string testSuite) => context with { TestSuite = testSuite };

    /// <summary>Names the test in the reports.</summary>
    public static NBomberContext WithTestName(this NBomberContext context, string testName) => context with { TestName = testName };

    /// <summary>Folder of the reports; made where it is missing.</summary>
    public static NBomberContext WithReportFolder(this NBomberContext context, string reportFolder) => context with { ReportFolder = reportFolder };

    /// <summary>Name of the reports, without extension.</summary>
    public static NBomberContext WithReportFileName(this NBomberContext context, string reportFileName) =>
        context with { ReportFileName = reportFileName };

    /// <summary>Which reports are written.</summary>
    public static NBomberContext WithReportFormats(this NBomberContext context, params ReportFormat[] reportFormats) =>
        context with { Formats = reportFormats };

    /// <summary>Writes none.</summary>
    public static NBomberContext WithoutReports(this NBomberContext context) => context with { Formats = [] };

    /// <summary>
    /// What the invocations under way at the end get before they are cancelled, and once more before they are given up. Default 1 minute.
    /// </summary>
    public static NBomberContext WithScenarioCompletionTimeout(this NBomberContext context, TimeSpan timeout) =>
        context with { CompletionTimeout = timeout };

    /// <summary>Runs the scenarios to their end. Blocks, as NBomber's does: call it from a console's main thread.</summary>
#pragma warning disable VSTHRD002 // NBomber's Run blocks by contract; there is no synchronisation context to deadlock on.
    public static NodeStats Run(this NBomberContext context) => new LoadRun(context, TimeProvider.System).RunAsync().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}
