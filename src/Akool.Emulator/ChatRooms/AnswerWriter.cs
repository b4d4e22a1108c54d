using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akool.Emulator.Rest;

namespace Akool.Emulator.ChatRooms;

/// <summary>How an answer differs from a good one.</summary>
internal enum Twist
{
    None,
    UnknownType,
    MissingId,
    ForeignId,
    PayloadObject,
    Corrupt,
}

/// <summary>
/// Writes answers as whole websocket frames: an echo of the request's payload with an empty question, the language by name, and the
/// answer. One for each thread; its buffers are used again.
/// </summary>
#pragma warning disable CA1001 // The writers hold no more than their buffers, and live as long as their thread.
internal sealed class AnswerWriter
#pragma warning restore CA1001
{
    [ThreadStatic] private static AnswerWriter? _own;

    // As AKOOL's own JavaScript would write it: only what JSON demands is escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _inner = new(512);
    private readonly ArrayBufferWriter<byte> _outer = new(1024);
    private readonly Utf8JsonWriter _innerJson;
    private readonly Utf8JsonWriter _outerJson;

    private AnswerWriter()
    {
        _innerJson = new Utf8JsonWriter(_inner, Plain);
        _outerJson = new Utf8JsonWriter(_outer, Plain);
    }

    public static AnswerWriter Own => _own ??= new AnswerWriter();

    /// <summary>One answer as a websocket frame.</summary>
    public byte[] Write(in ChatRequest request, ChatRoom room, ReadOnlySpan<char> answer, bool markEnd, Twist twist = Twist.None)
    {
        WritePayload(request, answer, markEnd, twist);
        _outer.ResetWrittenCount();
        _outerJson.Reset();
        _outerJson.WriteStartObject();
        _outerJson.WriteString("type"u8, twist is Twist.UnknownType ? "notice"u8 : "chat"u8);
        _outerJson.WriteString("from"u8, room.ServerId);
        _outerJson.WriteString("to"u8, room.ClientId);
        _outerJson.WritePropertyName("payload"u8);
        if (twist is Twist.PayloadObject) _outerJson.WriteRawValue(_inner.WrittenSpan, skipInputValidation: true);
        else _outerJson.WriteStringValue(_inner.WrittenSpan);
        _outerJson.WriteEndObject();
        _outerJson.Flush();
        var text = _outer.WrittenSpan;
        return WebSocketFrame.Write(WebSocketFrame.Text, twist is Twist.Corrupt ? text[..(text.Length / 2)] : text);
    }

    private void WritePayload(in ChatRequest request, ReadOnlySpan<char> answer, bool markEnd, Twist twist)
    {
        _inner.ResetWrittenCount();
        _innerJson.Reset();
        _innerJson.WriteStartObject();
        var echo = new Utf8JsonReader(request.Payload);
        echo.Read();
        while (echo.Read() && echo.TokenType is JsonTokenType.PropertyName) Echo(ref echo, request, twist);
        _innerJson.WriteString("answer"u8, answer);
        if (markEnd) _innerJson.WriteBoolean("answer_ended"u8, true);
        _innerJson.WriteEndObject();
        _innerJson.Flush();
    }

    private void Echo(ref Utf8JsonReader echo, in ChatRequest request, Twist twist)
    {
        var (isId, isQuestion, isLanguage) = (echo.ValueTextEquals("message_id"u8), echo.ValueTextEquals("question"u8), echo.ValueTextEquals("language"u8));
        if (isId && twist is Twist.MissingId)
        {
            echo.Read();
            return;
        }
        if (echo.ValueIsEscaped) _innerJson.WritePropertyName(echo.GetString()!);
        else _innerJson.WritePropertyName(echo.ValueSpan);
        echo.Read();
        var start = (int)echo.TokenStartIndex;
        echo.Skip();
        if (isQuestion) _innerJson.WriteStringValue(""u8);
        else if (isId && twist is Twist.ForeignId) _innerJson.WriteStringValue($"never-sent-{Random.Shared.Next():x8}");
        else if (isLanguage && echo.TokenType is JsonTokenType.String) _innerJson.WriteStringValue(SpeechCatalog.LanguageName(request.Language!));
        else _innerJson.WriteRawValue(request.Payload.AsSpan(start, (int)echo.BytesConsumed - start), skipInputValidation: true);
    }
}
