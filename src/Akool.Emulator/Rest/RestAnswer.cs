using System.Text.Json.Nodes;

namespace Akool.Emulator.Rest;

/// <summary>What a call answers, before habits shape it.</summary>
/// <param name="Code">The business code.</param>
/// <param name="Data">The <c>data</c> key's value; null: the key is absent.</param>
/// <param name="Token">getToken's token, which stands beside <c>code</c> without <c>msg</c>.</param>
internal readonly record struct RestAnswer(int Code, JsonNode? Data = null, string? Token = null)
{
    public static implicit operator RestAnswer(int code) => new(code);

    /// <summary>The answer's body in the account's habits.</summary>
    public JsonObject ToBody(WireHabits habits)
    {
        var body = new JsonObject { ["code"] = habits.CodeAsString ? $"{Code}" : Code };
        if (Token is not null) body["token"] = Token;
        else body["msg"] = BusinessCode.TextOf(Code);
        if (Data is not null) body["data"] = Data;
        return habits is { ExtraFields: false, ReverseFields: false } ? body : (JsonObject)Shape(body, habits)!;
    }

    private static JsonNode? Shape(JsonNode? node, WireHabits habits) => node switch
    {
        JsonArray array => new JsonArray([.. array.Select(item => Shape(item, habits))]),
        JsonObject known => Shape(known, habits),
        _ => node?.DeepClone(),
    };

    private static JsonObject Shape(JsonObject known, WireHabits habits)
    {
        var fields = known.Select(field => KeyValuePair.Create(field.Key, Shape(field.Value, habits)));
        if (habits.ExtraFields)
        {
            var trace = new JsonObject { ["id"] = "0af7", ["hops"] = new JsonArray(1, "two", null) };
            fields = fields.Prepend(new("trace", trace)).Append(new("__v", 0));
        }
        return new JsonObject(habits.ReverseFields ? fields.Reverse() : fields);
    }
}
