namespace NBomber.Contracts.Stats;

/// <summary>Form of a report file.</summary>
public enum ReportFormat
{
    /// <summary>Plain text.</summary>
    Txt = 0,

    /// <summary>One self-contained page.</summary>
    Html = 1,

    /// <summary>One line a step.</summary>
    Csv = 2,

    /// <summary>Markdown.</summary>
    Md = 3,
}
