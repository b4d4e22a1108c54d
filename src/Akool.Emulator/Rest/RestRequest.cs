using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Akool.Emulator.Rest;

/// <summary>One call as it came in.</summary>
/// <param name="Operation">Which call.</param>
/// <param name="Query">Its query.</param>
/// <param name="Body">Its body; empty where it has none.</param>
/// <param name="RoomBase">Scheme, host and port under which chat rooms are reached by this caller.</param>
internal sealed record RestRequest(RestOperation Operation, IQueryCollection Query, byte[] Body, Uri RoomBase)
{
    private readonly JsonObject? _fields = Parse(Body);

    /// <summary>A string field of the body; null where it is absent or no string.</summary>
    public string? Text(string name) => _fields is not null && _fields.TryGetPropertyValue(name, out var node) && node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>Whether the body is an object in which a field is absent, null or a string.</summary>
    public bool IsTextOrAbsent(string name) =>
        _fields is not null && (!_fields.TryGetPropertyValue(name, out var node) || node is null || node.GetValueKind() is JsonValueKind.String);

    /// <summary>A whole number of the query; the default where it is absent, null where it is none.</summary>
    public int? Number(string name, int absent) =>
        !Query.TryGetValue(name, out var text) ? absent : int.TryParse(text, out var number) ? number : null;

    public string BodyText => Encoding.UTF8.GetString(Body);

    private static JsonObject? Parse(byte[] body)
    {
        if (body.Length == 0) return null;
        try { return JsonNode.Parse(body) as JsonObject; }
        catch (JsonException) { return null; }
    }
}
