using System.Globalization;
using System.Text;

namespace Akool.Testing.Otlp;

/// <summary>Writes the spans of one trace as a tree, each with its parent above it, in the order in which they began.</summary>
public static class TraceTree
{
    /// <summary>The tree below a span that is not among <paramref name="spans"/>: the caller's own.</summary>
    public static string Of(IReadOnlyList<OtlpSpan> spans, string traceId, string rootId, string rootName)
    {
        var text = new StringBuilder(rootName).Append('\n');
        Append(text, [.. spans.Where(span => span.TraceId == traceId).OrderBy(span => span.Start)], rootId, 1);
        return text.ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<OtlpSpan> spans, string parent, int depth)
    {
        foreach (var span in spans.Where(span => span.ParentId == parent))
        {
            text.Append(' ', depth * 2).Append(span.Name);
            foreach (var key in Told) if (span.Attributes.TryGetValue(key, out var value)) text.Append(CultureInfo.InvariantCulture, $" {key}={value}");
            foreach (var happened in span.Events) text.Append(CultureInfo.InvariantCulture, $" [{happened}]");
            text.Append('\n');
            Append(text, spans, span.SpanId, depth + 1);
        }
    }

    private static readonly string[] Told = ["rpc.response.status_code", "http.response.status_code", "akool.code", "akool.turn.outcome", "akool.turn.answers", "error.type"];
}
