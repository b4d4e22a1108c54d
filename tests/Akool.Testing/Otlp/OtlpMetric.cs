namespace Akool.Testing.Otlp;

/// <summary>A metric as it was exported (opentelemetry/proto/metrics/v1/metrics.proto), with the sum of its points, or their count for a histogram.</summary>
public sealed record OtlpMetric(string Scope, string Name, string Unit, string Description, IReadOnlyList<string> AttributeKeys, double Total)
{
    /// <summary>The metrics of one export.</summary>
    public static IEnumerable<OtlpMetric> ReadAll(WireMessage export) =>
        export.All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2).Select(metric => Read(scope.One(1).Text(1), metric)));

    private static OtlpMetric Read(string scope, WireMessage metric)
    {
        List<WireMessage> numbers = [.. metric.One(5).All(1), .. metric.One(7).All(1)];
        List<WireMessage> histogram = [.. metric.One(9).All(1)];
        var keys = numbers.SelectMany(point => OtlpSpan.AttributesOf(point, 7).Keys).Concat(histogram.SelectMany(point => OtlpSpan.AttributesOf(point, 9).Keys));
        var total = numbers.Sum(point => point.Has(4) ? BitConverter.UInt64BitsToDouble(point.Number(4)) : (long)point.Number(6)) + histogram.Sum(point => (double)point.Number(4));
        return new(scope, metric.Text(1), metric.Text(3), metric.Text(2), [.. keys.Distinct().Order(StringComparer.Ordinal)], total);
    }
}
