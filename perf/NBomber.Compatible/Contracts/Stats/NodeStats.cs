namespace NBomber.Contracts.Stats;

/// <summary>A threshold after the run.</summary>
public sealed record ThresholdResult(string ScenarioName, string StepName, string CheckExpression, string ExceptionMsg, int ErrorCount, bool IsFailed);

/// <summary>A report that was written.</summary>
public sealed record ReportFile(string FilePath, ReportFormat ReportFormat, string ReportContent);

/// <summary>Where it ran.</summary>
public sealed record NodeInfo(string MachineName, string OS, string DotNetVersion, string Processor, int CoresCount, string NBomberVersion);

/// <summary>What was run.</summary>
public sealed record TestInfo(string SessionId, string TestSuite, string TestName, DateTime Created);

/// <summary>Figures of a run.</summary>
public sealed record NodeStats(ScenarioStats[] ScenarioStats, ThresholdResult[] Thresholds, NodeInfo NodeInfo, TestInfo TestInfo,
    int AllRequestCount, int AllOkCount, int AllFailCount, long AllBytes, TimeSpan Duration, ReportFile[] ReportFiles);
