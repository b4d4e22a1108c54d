using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Akool.Bench.Roles;

/// <summary>Frames of AKOOL's chat room, read and written with the same work each time. One for each socket.</summary>
internal sealed class AkoolFrames(bool markAnswerEnd)
{
    public const int LargestFrame = 8192;
    private static readonly string AnswerText = new('a', 150);
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly byte[] _payload = new byte[LargestFrame];
    private readonly ArrayBufferWriter<byte> _inner = new(1024), _outer = new(1024);

    /// <summary>The answer frame, valid until the next call, and how often it is to be sent.</summary>
    public (ReadOnlyMemory<byte> Frame, int Times) AnswerTo(ReadOnlySpan<byte> frame)
    {
        var (id, question) = Read(frame);
        _inner.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_inner))
        {
            json.WriteStartObject();
            json.WriteString("message_id"u8, id);
            json.WriteString("language"u8, "English"u8);
            json.WriteNumber("mode_type"u8, 1);
            json.WriteString("question"u8, ""u8);
            json.WriteString("answer"u8, AnswerText);
            if (markAnswerEnd) json.WriteBoolean("answer_ended"u8, true);
            json.WriteEndObject();
        }

        _outer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_outer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "chat"u8);
            json.WriteString("from"u8, "server_1"u8);
            json.WriteString("to"u8, "client_1"u8);
            json.WriteString("payload"u8, _inner.WrittenSpan);
            json.WriteEndObject();
        }

        return (_outer.WrittenMemory, TimesOf(question));
    }

    /// <summary>A question as a gateway sends it; what B2 is driven with too.</summary>
    public static byte[] Question(string messageId, string text) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type = "chat",
        to = "server_1",
        payload = JsonSerializer.Serialize(new { message_id = messageId, voice_id = "", language = "en", mode_type = 1, question = text }),
    }, Relaxed);

    /// <summary>Message id and answer of an answer frame; null where the frame is something else.</summary>
    public (string MessageId, string Answer)? ReadAnswer(ReadOnlySpan<byte> frame)
    {
        var payload = PayloadOf(frame);
        string? id = null, answer = null;
        var json = new Utf8JsonReader(payload);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName) continue;
            if (json.ValueTextEquals("message_id"u8) && json.Read()) id = json.GetString();
            else if (json.ValueTextEquals("answer"u8) && json.Read()) answer = json.GetString();
        }

        return id is null || answer is null ? null : (id, answer);
    }

    private (byte[] Id, byte[] Question) Read(ReadOnlySpan<byte> frame)
    {
        byte[] id = [], question = [];
        var json = new Utf8JsonReader(PayloadOf(frame));
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName) continue;
            if (json.ValueTextEquals("message_id"u8) && json.Read()) id = json.ValueSpan.ToArray();
            else if (json.ValueTextEquals("question"u8) && json.Read()) question = json.ValueSpan.ToArray();
        }

        return (id, question);
    }

    private Span<byte> PayloadOf(ReadOnlySpan<byte> frame)
    {
        var json = new Utf8JsonReader(frame);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("payload"u8)) continue;
            json.Read();
            return _payload.AsSpan(0, json.CopyString(_payload));
        }

        throw new InvalidDataException($"no payload in {Encoding.UTF8.GetString(frame)}");
    }

    private static int TimesOf(ReadOnlySpan<byte> question) =>
        question.StartsWith("answers="u8) && Utf8Parser.TryParse(question[8..], out int times, out _) ? times : 1;
}
