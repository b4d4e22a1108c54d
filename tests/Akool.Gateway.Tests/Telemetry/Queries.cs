using System.Text.Json;
using System.Text.RegularExpressions;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>The PromQL of the dashboard and of the alerting rules, and the metrics that it names.</summary>
internal static partial class Queries
{
    public static IReadOnlyList<string> OfDashboard(string json)
    {
        using var dashboard = JsonDocument.Parse(json);
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
    }

    /// <summary>Reads <c>expr</c> on one line, or as a block that is indented below it.</summary>
    public static IReadOnlyList<string> OfRules(string yaml)
    {
        var queries = new List<string>();
        var lines = yaml.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Expression().Match(lines[i]) is not { Success: true } match) continue;
            var query = match.Groups[2].Value;
            if (query == "|")
            {
                query = "";
                while (i + 1 < lines.Length && lines[i + 1].StartsWith(match.Groups[1].Value + "  ", StringComparison.Ordinal)) query += lines[++i] + "\n";
            }
            queries.Add(query);
        }
        return queries;
    }

    /// <summary>Every name that is neither a label, nor in a matcher, nor a function or word of PromQL.</summary>
    public static IReadOnlyList<string> MetricsIn(string query) =>
        [.. Name().Matches(Grouping().Replace(Matchers().Replace(query, " "), " ")).Select(match => match.Value).Where(name => name.StartsWith("akool_", StringComparison.Ordinal) || name.StartsWith("rpc_", StringComparison.Ordinal))];

    /// <summary>The labels that a query groups or filters by.</summary>
    public static IReadOnlyList<string> LabelsIn(string query) =>
        [.. Grouping().Matches(query).SelectMany(match => Name().Matches(match.Value).Skip(1)).Concat(Matcher().Matches(query).Select(match => match.Groups[1])).Select(label => label.Value)];

    /// <summary>The values that queries look for in a label.</summary>
    public static IReadOnlyList<string> ValuesIn(IEnumerable<string> queries, string label) =>
        [.. queries.SelectMany(query => Matcher().Matches(query)).Where(match => match.Groups[1].Value == label).SelectMany(match => match.Groups[2].Value.Split('|'))];

    /// <summary>The names of the alerts.</summary>
    public static IReadOnlyList<string> AlertsOf(string yaml) => [.. Alert().Matches(yaml).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("(\\w+) *[=!]~? *\"([^\"]*)\"")]
    private static partial Regex Matcher();

    [GeneratedRegex("^( *)expr: (.+)$")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Name();
}
