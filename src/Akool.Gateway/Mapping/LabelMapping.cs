using System.Collections.Frozen;
using Google.Protobuf.Collections;

namespace Akool.Gateway.Mapping;

/// <summary>The caller's own key/values: of a session, or as a filter.</summary>
internal static class LabelMapping
{
    private const int MaxLabels = 16;
    private const int MaxLength = 63;

    public static IReadOnlyDictionary<string, string> Read(MapField<string, string> labels, string field, ref RequestFaults faults)
    {
        if (labels.Count == 0) return FrozenDictionary<string, string>.Empty;
        if (labels.Count > MaxLabels)
        {
            faults.Add(field, $"has more than {MaxLabels} labels");
            return FrozenDictionary<string, string>.Empty;
        }

        var read = new Dictionary<string, string>(labels.Count, StringComparer.Ordinal);
        foreach (var (key, value) in labels)
        {
            if (key.Length == 0) faults.Add(field, "has an empty key");
            else FieldRules.Line(key, field, MaxLength, ref faults);
            FieldRules.Line(value, field, MaxLength, ref faults);
            read[key] = value;
        }

        return read;
    }
}
