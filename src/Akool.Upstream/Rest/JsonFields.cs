using System.Globalization;
using System.Text.Json;

namespace Akool.Upstream.Rest;

/// <summary>Reads fields of AKOOL's answers. A field of the wrong type counts as missing: whether that matters is the reader's business. Pure.</summary>
internal static class JsonFields
{
    /// <summary>A text, or a number as text; empty where there is none.</summary>
    public static string Text(this JsonElement owner, string name) => owner.Field(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => "",
    };

    /// <summary>A whole number, also one in a string.</summary>
    public static long? Number(this JsonElement owner, string name) => ToNumber(owner.Field(name));

    /// <summary>A field; undefined where there is none, or the owner is no object.</summary>
    public static JsonElement Field(this JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var field) ? field : default;

    /// <summary>A list's items: AKOOL documents <c>data</c>, shows <c>result</c>, and elsewhere sends the array itself. Null: it is none of them.</summary>
    public static IEnumerable<JsonElement>? Items(this JsonElement data, string also = "data")
    {
        if (data.ValueKind == JsonValueKind.Array) return data.EnumerateArray();
        if (data.Field("result") is { ValueKind: JsonValueKind.Array } result) return result.EnumerateArray();
        return data.Field(also) is { ValueKind: JsonValueKind.Array } other ? other.EnumerateArray() : null;
    }

    /// <summary>A whole number, also one in a string.</summary>
    public static long? ToNumber(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
