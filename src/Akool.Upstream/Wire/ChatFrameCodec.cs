using System.Text.Encodings.Web;
using System.Text.Json;
using Akool.Sessions;
using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Upstream.Wire;

/// <summary>Writes chat frames of AKOOL's protocol A. Pure: no I/O, no state. <see cref="ChatFrameReader"/> reads them.</summary>
internal static class ChatFrameCodec
{
    private static readonly JsonEncodedText TypeName = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText Chat = JsonEncodedText.Encode("chat");
    private static readonly JsonEncodedText To = JsonEncodedText.Encode("to");
    private static readonly JsonEncodedText PayloadName = JsonEncodedText.Encode("payload");
    private static readonly JsonEncodedText MessageId = JsonEncodedText.Encode("message_id");
    private static readonly JsonEncodedText VoiceId = JsonEncodedText.Encode("voice_id");
    private static readonly JsonEncodedText LanguageName = JsonEncodedText.Encode("language");
    private static readonly JsonEncodedText ModeType = JsonEncodedText.Encode("mode_type");
    private static readonly JsonEncodedText Prompt = JsonEncodedText.Encode("prompt");
    private static readonly JsonEncodedText From = JsonEncodedText.Encode("from");
    private static readonly JsonEncodedText FromText = JsonEncodedText.Encode("text");
    private static readonly JsonEncodedText FromUrl = JsonEncodedText.Encode("url");
    private static readonly JsonEncodedText Content = JsonEncodedText.Encode("content");
    private static readonly JsonEncodedText Question = JsonEncodedText.Encode("question");

    /// <summary>
    /// The frames' <c>to</c>: the last segment of the room's server URL up to its first dot. Null where there is none.
    /// </summary>
    public static JsonEncodedText? PeerOf(string serverUrl)
    {
        if (!Uri.TryCreate(serverUrl, UriKind.Absolute, out var url)) return null;
        var name = url.AbsolutePath.AsSpan();
        name = name[(name.LastIndexOf('/') + 1)..];
        if (name.IndexOf('.') is var dot and >= 0) name = name[..dot];
        return name.IsEmpty ? null : JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
    }

    /// <summary>Writes one chat frame into an empty buffer. Its payload is a JSON string that holds JSON, as JSON.stringify would make it.</summary>
    public static void Write(FrameBuffer buffer, in TurnFrame turn, JsonEncodedText peer)
    {
        WritePayload(buffer.Payload, turn);
        var frame = buffer.Frame;
        frame.WriteStartObject();
        frame.WriteString(TypeName, Chat);
        frame.WriteString(To, peer);
        frame.WriteString(PayloadName, buffer.PayloadBytes);
        frame.WriteEndObject();
        frame.Flush();
    }

    // Undocumented: which fields AKOOL insists on. All known clients send message_id, mode_type, prompt and question, so these always go; a voice or a
    // language is left out where none is set, because an empty one could be taken for a voice that does not exist.
    private static void WritePayload(Utf8JsonWriter payload, in TurnFrame turn)
    {
        Span<byte> id = stackalloc byte[WireTurnId.MaxLength];
        var settings = turn.Settings;
        payload.WriteStartObject();
        payload.WriteString(MessageId, id[..turn.Id.Format(id)]);
        if (settings.VoiceId is { Length: > 0 } voice) payload.WriteString(VoiceId, voice);
        if (settings.Language is { Length: > 0 } language) payload.WriteString(LanguageName, language);
        // A number: the documentation's table says string, all its samples and AKOOL's own code send a number.
        payload.WriteNumber(ModeType, settings.Mode == TurnMode.Dialogue ? 2 : 1);
        payload.WriteStartObject(Prompt);
        payload.WriteString(From, settings.Persona?.DocumentUrl is null ? FromText : FromUrl);
        payload.WriteString(Content, settings.Persona?.DocumentUrl ?? settings.Persona?.Text ?? "");
        payload.WriteEndObject();
        payload.WriteString(Question, turn.Text);
        payload.WriteEndObject();
        payload.Flush();
    }
}
