using System.Globalization;

namespace Akool.Testing.Otlp;

/// <summary>A span as it was exported (opentelemetry/proto/trace/v1/trace.proto).</summary>
public sealed record OtlpSpan(
    string TraceId, string SpanId, string ParentId, string Name, int Kind, ulong Start, ulong End,
    IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> Events, IReadOnlyList<string> LinkedSpans, bool IsError)
{
    /// <summary>The spans of one export.</summary>
    public static IEnumerable<OtlpSpan> ReadAll(WireMessage export) =>
        export.All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2)).Select(Read);

    /// <summary>Attributes as a message holds them in a field.</summary>
    public static Dictionary<string, string> AttributesOf(WireMessage owner, int field)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var pair in owner.All(field)) attributes[pair.Text(1)] = ValueOf(pair.One(2));
        return attributes;
    }

    private static OtlpSpan Read(WireMessage span) => new(
        span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)span.Number(6), span.Number(7), span.Number(8), AttributesOf(span, 9),
        [.. span.All(11).Select(happened => happened.Text(2))], [.. span.All(13).Select(link => link.Hex(2))], span.One(15).Number(3) == 2);

    private static string ValueOf(WireMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(2) ? (value.Number(2) != 0).ToString()
        : value.Has(3) ? ((long)value.Number(3)).ToString(CultureInfo.InvariantCulture)
        : BitConverter.UInt64BitsToDouble(value.Number(4)).ToString(CultureInfo.InvariantCulture);
}
