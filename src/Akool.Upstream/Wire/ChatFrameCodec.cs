using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akool.Sessions;
using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Upstream.Wire;

/// <summary>Writes chat frames of AKOOL's protocol A. Pure: no I/O, no state. <see cref="ChatFrameReader"/> reads them.</summary>
internal static class ChatFrameCodec
{
    private const int EscapedAtOnce = 256;

    // As JSON.stringify writes: the official client sends text unescaped, and an escaped character costs up to 12 bytes inside a payload.
    private static readonly JavaScriptEncoder Plain = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly SearchValues<char> NeverEscaped = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Except("\"\\")]);
    private static readonly SearchValues<char> EscapedTwice = SearchValues.Create("\"\\");

    /// <summary>
    /// The frames' <c>to</c>: the last segment of the room's server URL up to its first dot. Null where there is none.
    /// </summary>
    public static JsonEncodedText? PeerOf(string serverUrl)
    {
        if (!Uri.TryCreate(serverUrl, UriKind.Absolute, out var url)) return null;
        var name = url.AbsolutePath.AsSpan();
        name = name[(name.LastIndexOf('/') + 1)..];
        if (name.IndexOf('.') is var dot and >= 0) name = name[..dot];
        return name.IsEmpty ? null : JsonEncodedText.Encode(name, Plain);
    }

    /// <summary>Writes one chat frame into an empty buffer. Its payload is a JSON string that holds JSON, as JSON.stringify would make it.</summary>
    public static void Write(FrameBuffer buffer, in TurnFrame turn, JsonEncodedText peer)
    {
        // What is around the values is the same in every frame, and escaped here once for all of them: a JSON writer would do it for each.
        var frame = buffer.Frame;
        frame.Write("{\"type\":\"chat\",\"to\":\""u8);
        frame.Write(peer.EncodedUtf8Bytes);
        frame.Write("\",\"payload\":\"{"u8);
        WritePayload(frame, turn);
        frame.Write("}\"}"u8);
    }

    // Undocumented: which fields AKOOL insists on. All known clients send message_id, mode_type, prompt and question, so these always go; a voice or a
    // language is left out where none is set, because an empty one could be taken for a voice that does not exist.
    private static void WritePayload(ArrayBufferWriter<byte> frame, in TurnFrame turn)
    {
        var settings = turn.Settings;
        frame.Write("\\\"message_id\\\":\\\""u8);
        frame.Advance(turn.Id.Format(frame.GetSpan(WireTurnId.MaxLength)));
        if (settings.VoiceId is { Length: > 0 } voice) WriteText(frame, "\\\",\\\"voice_id\\\":\\\""u8, voice);
        if (settings.Language is { Length: > 0 } language) WriteText(frame, "\\\",\\\"language\\\":\\\""u8, language);
        // A number: the documentation's table says string, all its samples and AKOOL's own code send a number.
        frame.Write("\\\",\\\"mode_type\\\":"u8);
        frame.Write(settings.Mode == TurnMode.Dialogue ? "2"u8 : "1"u8);
        frame.Write(",\\\"prompt\\\":{\\\"from\\\":\\\""u8);
        frame.Write(settings.Persona?.DocumentUrl is null ? "text"u8 : "url"u8);
        WriteText(frame, "\\\",\\\"content\\\":\\\""u8, settings.Persona?.DocumentUrl ?? settings.Persona?.Text ?? "");
        WriteText(frame, "\\\"},\\\"question\\\":\\\""u8, turn.Text);
        frame.Write("\\\""u8);
    }

    private static void WriteText(ArrayBufferWriter<byte> frame, ReadOnlySpan<byte> before, string text)
    {
        frame.Write(before);
        if (text.AsSpan().ContainsAnyExcept(NeverEscaped)) WriteEscaped(frame, text);
        else frame.Advance(Encoding.UTF8.GetBytes(text, frame.GetSpan(text.Length)));
    }

    // Once for the payload's JSON; what that is written with, once more for the frame's.
    private static void WriteEscaped(ArrayBufferWriter<byte> frame, ReadOnlySpan<char> text)
    {
        Span<char> once = stackalloc char[EscapedAtOnce];
        OperationStatus status;
        do
        {
            status = Plain.Encode(text, once, out var taken, out var length);
            text = text[taken..];
            ReadOnlySpan<char> rest = once[..length];
            while (rest.IndexOfAny(EscapedTwice) is var at and >= 0)
            {
                Encoding.UTF8.GetBytes(rest[..at], frame);
                frame.Write(rest[at] == '"' ? "\\\""u8 : "\\\\"u8);
                rest = rest[(at + 1)..];
            }
            Encoding.UTF8.GetBytes(rest, frame);
        }
        while (status == OperationStatus.DestinationTooSmall);
    }
}
