using System.Text.Json.Serialization;

namespace Akool.Bench.Report;

/// <summary>How a later run is held against a figure.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateKind>))]
internal enum GateKind
{
    /// <summary>Told, not judged: throughput and latency do not repeat on a small machine.</summary>
    None,

    /// <summary>A ratio of CPU.</summary>
    Ratio,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Must hold, whatever an earlier run gave: what is left over.</summary>
    Must,
}

/// <summary>One figure: the median of its rounds, their least and most, and what it must and should be.</summary>
internal sealed record Figure(string Id, string What, string Unit, double Value, double Least, double Most, GateKind Gate = GateKind.None,
    double? Must = null, double? Goal = null, bool MoreIsBetter = false)
{
    public static Figure Of(string id, string what, string unit, IEnumerable<double> rounds, GateKind gate = GateKind.None, double? must = null,
        double? goal = null, bool moreIsBetter = false)
    {
        double[] sorted = [.. rounds.Order()];
        return new(id, what, unit, Median(sorted), sorted[0], sorted[^1], gate, must, goal, moreIsBetter);
    }

    /// <summary>Whether it is not what it must be; a figure that is no number is not.</summary>
    [JsonIgnore]
    public bool MissesMust => Must is { } must && !(MoreIsBetter ? Value >= must : Value <= must);

    private static double Median(double[] sorted) =>
        sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
}
