using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Akool.Bench.Roles;

/// <summary>Frames of AKOOL's chat room as AKOOL writes them: field by field, quotes as <c>\"</c>. Answering does the same work each time. One for each socket.</summary>
internal sealed class AkoolFrames(bool markAnswerEnd)
{
    public const int LargestFrame = 8192;
    private const char Placeholder = '#';
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly (byte[] BeforeId, byte[] AfterId) Plain = Template(Answer()), Marked = Template(Answer(isLast: true));
    private readonly byte[] _payload = new byte[LargestFrame], _answer = new byte[LargestFrame];

    /// <summary>The answer frame, valid until the next call, and for how many seconds it is to be sent again and again; 0: once.</summary>
    public (ReadOnlyMemory<byte> Frame, int FloodSeconds) AnswerTo(ReadOnlySpan<byte> frame)
    {
        var (beforeId, afterId) = markAnswerEnd ? Marked : Plain;
        var id = After(frame, "message_id\\\":\\\""u8);
        id = id[..id.IndexOf((byte)'\\')];
        var length = beforeId.Length + id.Length;
        beforeId.CopyTo(_answer, 0);
        id.CopyTo(_answer.AsSpan(beforeId.Length));
        afterId.CopyTo(_answer, length);
        return (_answer.AsMemory(0, length + afterId.Length), FloodOf(After(frame, "question\\\":\\\""u8)));
    }

    /// <summary>A question as the gateway sends it; what B2 is driven with too.</summary>
    public static byte[] Question(string messageId, string text) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type = "chat",
        to = "server_1",
        payload = JsonSerializer.Serialize(new { message_id = messageId, mode_type = 2, prompt = new { from = "text", content = "" }, question = text }, Relaxed),
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

    private static object Answer(bool? isLast = null) => new
    {
        message_id = $"{Placeholder}",
        voice_id = "21m00Tcm4TlvDq8ikWAM",
        language = "English",
        mode_type = 1,
        prompt = new { from = "text", content = "" },
        question = "",
        answer = new string('a', 150),
        answer_ended = isLast,
    };

    private static (byte[] BeforeId, byte[] AfterId) Template(object answer)
    {
        var payload = JsonSerializer.Serialize(answer, Relaxed);
        var frame = JsonSerializer.SerializeToUtf8Bytes(new { type = "chat", from = "server_1", to = "client_1", payload }, Relaxed);
        var at = frame.AsSpan().IndexOf((byte)Placeholder);
        return (frame[..at], frame[(at + 1)..]);
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> mark) => frame[(frame.IndexOf(mark) + mark.Length)..];

    private static int FloodOf(ReadOnlySpan<byte> question) =>
        question.StartsWith("flood="u8) && Utf8Parser.TryParse(question["flood="u8.Length..], out int seconds, out _) ? seconds : 0;
}
