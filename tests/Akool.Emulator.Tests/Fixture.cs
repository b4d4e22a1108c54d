using System.Text.Json;
using System.Text.Json.Nodes;

namespace Akool.Emulator.Tests;

/// <summary>AKOOL's documented examples, and what two JSON texts have in common: names, their order, and kinds of values.</summary>
internal static class Fixture
{
    public static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "fixtures", name));

    public static JsonNode Read(string name) => JsonNode.Parse(Text(name))!;

    /// <summary>Two texts of one shape have the same fields in the same order, with values of the same kinds; arrays by their first item.</summary>
    public static string ShapeOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject fields => "{" + string.Join(",", fields.Select(field => $"{field.Key}:{ShapeOf(field.Value)}")) + "}",
        JsonArray items => items.Count == 0 ? "[]" : $"[{ShapeOf(items[0])}]",
        _ => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "bool" : node.GetValueKind().ToString(),
    };
}
