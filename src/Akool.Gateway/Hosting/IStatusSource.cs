namespace Akool.Gateway.Hosting;

/// <summary>One table of <c>/statusz</c>. Read when the page is asked for.</summary>
internal interface IStatusSource
{
    /// <summary>The table as it is now. Never holds a secret or a text of a turn.</summary>
    StatusTable Read();
}

/// <summary>A table of the status page.</summary>
/// <param name="Title">What it tells of.</param>
/// <param name="Columns">Heads of the columns.</param>
/// <param name="Rows">The rows; each with as many cells as there are columns.</param>
internal sealed record StatusTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
