using System.Buffers;
using System.Text.Json;

namespace Akool.Emulator.ChatRooms;

/// <summary>One chat frame from a client.</summary>
/// <param name="Payload">Its payload, unescaped: a JSON object in UTF-8.</param>
/// <param name="Mode">1 Retelling, 2 Dialogue.</param>
/// <param name="Question">The text.</param>
/// <param name="Language">Its language, by code; null: none, or no text.</param>
/// <param name="PromptFrom"><c>text</c> or <c>url</c>; null: no prompt.</param>
/// <param name="PromptContent">The prompt's content; null: no prompt.</param>
internal readonly record struct ChatRequest(byte[] Payload, int Mode, string Question, string? Language, string? PromptFrom, string? PromptContent)
{
    /// <summary>Reads a frame; null where it is no chat frame to <paramref name="server"/>, or has a text that an answer could not repeat.</summary>
    public static ChatRequest? Read(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> server)
    {
        try
        {
            return ReadPayload(frame, server) is { } payload ? Parse(payload) : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException) // the latter: surrogates without a partner
        {
            return null;
        }
    }

    private static byte[]? ReadPayload(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> server)
    {
        var (isChat, isToServer, payload) = (false, false, (byte[]?)null);
        var json = new Utf8JsonReader(frame);
        if (!json.Read() || json.TokenType is not JsonTokenType.StartObject) return null;
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            var field = json.ValueTextEquals("type"u8) ? 1 : json.ValueTextEquals("to"u8) ? 2 : json.ValueTextEquals("payload"u8) ? 3 : 0;
            json.Read();
            if (json.TokenType is not JsonTokenType.String) json.Skip();
            else if (field == 1) isChat = json.ValueTextEquals("chat"u8);
            else if (field == 2) isToServer = json.ValueTextEquals(server);
            else if (field == 3) payload = Unescape(ref json);
        }
        return isChat && isToServer ? payload : null;
    }

    private static ChatRequest? Parse(byte[] payload)
    {
        var (mode, question, language, hasId, from, content) = (1, (string?)null, (string?)null, false, (string?)null, (string?)null);
        var json = new Utf8JsonReader(payload);
        if (!json.Read() || json.TokenType is not JsonTokenType.StartObject) return null;
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            var field = json.ValueTextEquals("question"u8) ? 1 : json.ValueTextEquals("mode_type"u8) ? 2 : json.ValueTextEquals("message_id"u8) ? 3
                : json.ValueTextEquals("prompt"u8) ? 4 : json.ValueTextEquals("language"u8) ? 5 : 0;
            if (json.ValueIsEscaped) json.GetString(); // throws where it is no text: the answer has to repeat it
            json.Read();
            if (field == 1 && json.TokenType is JsonTokenType.String) question = json.GetString();
            else if (field == 2) mode = ReadMode(ref json);
            else if (field == 3) hasId = json.TokenType is JsonTokenType.String;
            else if (field == 5 && json.TokenType is JsonTokenType.String) language = json.GetString();
            else if (field == 4 && json.TokenType is JsonTokenType.StartObject) (from, content) = ReadPrompt(ref json);
            else json.Skip();
        }
        return question is not null && hasId ? new ChatRequest(payload, mode, question, language, from, content) : null;
    }

    // Undocumented: the table says that mode_type is a string, every sample sends a number; both are taken.
    private static int ReadMode(ref Utf8JsonReader json) =>
        json.TokenType is JsonTokenType.Number && json.TryGetInt32(out var number) ? number
        : json.TokenType is JsonTokenType.String && json.ValueTextEquals("2"u8) ? 2 : 1;

    private static (string? From, string? Content) ReadPrompt(ref Utf8JsonReader json)
    {
        var (from, content) = ((string?)null, (string?)null);
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            var field = json.ValueTextEquals("from"u8) ? 1 : json.ValueTextEquals("content"u8) ? 2 : 0;
            json.Read();
            if (json.TokenType is not JsonTokenType.String) json.Skip();
            else if (field == 1) from = json.GetString();
            else if (field == 2) content = json.GetString();
        }
        return (from, content);
    }

    private static byte[] Unescape(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped) return json.ValueSpan.ToArray();
        var scratch = ArrayPool<byte>.Shared.Rent(json.ValueSpan.Length);
        try { return scratch.AsSpan(0, json.CopyString(scratch)).ToArray(); }
        finally { ArrayPool<byte>.Shared.Return(scratch); }
    }
}
