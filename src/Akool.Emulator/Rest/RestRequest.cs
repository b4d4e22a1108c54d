using System.Text;
using System.Text.Json;

namespace Akool.Emulator.Rest;

/// <summary>One call as it came in.</summary>
/// <param name="Operation">Which call.</param>
/// <param name="Query">Its query.</param>
/// <param name="Body">Its body; empty where it has none.</param>
/// <param name="RoomBase">Scheme, host and port under which chat rooms are reached by this caller.</param>
internal sealed record RestRequest(RestOperation Operation, IQueryCollection Query, byte[] Body, Uri RoomBase)
{
    private readonly JsonElement _fields = Parse(Body);

    /// <summary>A string field of the body; null where it is absent, no string, or a string that is no Unicode.</summary>
    public string? Text(string name)
    {
        try { return Field(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null; }
        catch (InvalidOperationException) { return null; }
    }

    /// <summary>Whether a field of the body is absent, null or a string.</summary>
    public bool IsTextOrAbsent(string name) => Field(name) is null or { ValueKind: JsonValueKind.String or JsonValueKind.Null };

    /// <summary>A whole number of the query; the default where it is absent, null where it is none.</summary>
    public int? Number(string name, int absent) =>
        !Query.TryGetValue(name, out var text) ? absent : int.TryParse(text, out var number) ? number : null;

    public string BodyText => Encoding.UTF8.GetString(Body);

    private JsonElement? Field(string name) => _fields.ValueKind is JsonValueKind.Object && _fields.TryGetProperty(name, out var field) ? field : null;

    private static JsonElement Parse(byte[] body)
    {
        if (body.Length == 0) return default;
        try { return JsonElement.Parse(body); }
        catch (JsonException) { return default; }
    }
}
