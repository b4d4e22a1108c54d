using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Upstream.Wire;

/// <summary>
/// Reads what AKOOL sends in a chat room. Pure: no I/O, no state, never throws. An answer costs its text's string and nothing else.
/// Fields may come in any order, and unknown ones are passed over.
/// </summary>
/// <remarks>
/// Undocumented: what else than <c>type: "chat"</c> may come (AKOOL's clients pass it over, and so do we); whether a payload may be an object or
/// base64 (the documentation shows the one and mentions the other, so both are read); that an answer can be marked as the last
/// (<c>answer_ended</c>, a field of the protocol that came after this one: believed where it is there).
/// </remarks>
internal static class ChatFrameReader
{
    private const int OnStack = 512;
    private static readonly ReceivedFrame Ignored = new(ReceivedFrameKind.Ignored, false, default, "", false);

    /// <summary>Reads one message. The bytes may be changed: lone halves of surrogate pairs are replaced in place where they are in the way.</summary>
    public static ReceivedFrame Read(Span<byte> message)
    {
        if (PlainAnswer.TryRead(message, out var answer)) return answer;
        try
        {
            return ReadEnvelope(message);
        }
        catch (JsonException)
        {
            return Ignored;
        }
        catch (InvalidOperationException)
        {
            return ReadRepaired(message);
        }
    }

    // A text cut between the halves of a surrogate pair is legal JSON and no legal text. An answer is worth more than its broken emoji.
    private static ReceivedFrame ReadRepaired(Span<byte> message)
    {
        try
        {
            return LoneSurrogates.Replace(message) ? ReadEnvelope(message) : Ignored;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Ignored;
        }
    }

    private static ReceivedFrame ReadEnvelope(Span<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Ignored;

        var isChat = false;
        var payload = default(Utf8JsonReader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isPayload = !isType && reader.ValueTextEquals("payload"u8);
            reader.Read();
            if (isType) isChat = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("chat"u8);
            if (isPayload) payload = reader;
            reader.Skip();
        }

        if (reader.Read() || !isChat) return Ignored;
        return payload.TokenType switch
        {
            JsonTokenType.String => ReadPayloadString(ref payload),
            JsonTokenType.StartObject => ReadPayload(ref payload),
            _ => Ignored,
        };
    }

    private static ReceivedFrame ReadPayloadString(ref Utf8JsonReader payload)
    {
        var length = payload.ValueSpan.Length;
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        try
        {
            Span<byte> json = rented is null ? stackalloc byte[OnStack] : rented;
            json = json[..payload.CopyString(json)];
            return ReadPayloadBytes(json);
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static ReceivedFrame ReadPayloadBytes(Span<byte> json)
    {
        if (json.IsEmpty || json[0] is not (byte)'{' && !TryFromBase64(ref json)) return Ignored;
        try
        {
            return Begin(json);
        }
        catch (InvalidOperationException) when (LoneSurrogates.Replace(json))
        {
            return Begin(json);
        }

        static ReceivedFrame Begin(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ReadPayload(ref reader) : Ignored;
        }
    }

    private static bool TryFromBase64(scoped ref Span<byte> json)
    {
        if (json[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') return true;
        if (Base64.DecodeFromUtf8InPlace(json, out var written) != OperationStatus.Done) return false;
        json = json[..written];
        return true;
    }

    // At the payload's opening brace; reads up to its closing one.
    private static ReceivedFrame ReadPayload(ref Utf8JsonReader reader)
    {
        var hasId = false;
        var isOurs = false;
        var ended = false;
        var id = default(WireTurnId);
        var answer = default(Utf8JsonReader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("message_id"u8)) hasId = ReadId(ref reader, out isOurs, out id);
            else if (reader.ValueTextEquals("answer"u8)) answer = AtValue(ref reader);
            else if (reader.ValueTextEquals("answer_ended"u8)) ended = IsTrue(ref reader);
            else reader.Skip();
        }

        var hasAnswer = answer.TokenType == JsonTokenType.String;
        if (!hasId || !hasAnswer && !ended) return Ignored;
        return new(ReceivedFrameKind.Answer, isOurs, id, hasAnswer ? answer.GetString()! : "", ended);
    }

    private static bool ReadId(ref Utf8JsonReader reader, out bool isOurs, out WireTurnId id)
    {
        Span<byte> text = stackalloc byte[WireTurnId.MaxLength * 6]; // each character may be written as \u0000
        var value = AtValue(ref reader);
        (isOurs, id) = (false, default);
        if (value.TokenType != JsonTokenType.String) return value.TokenType == JsonTokenType.Number;
        if (value.ValueSpan.Length <= text.Length) isOurs = WireTurnId.TryParse(text[..value.CopyString(text)], out id);
        return !value.ValueSpan.IsEmpty;
    }

    private static bool IsTrue(ref Utf8JsonReader reader)
    {
        var value = AtValue(ref reader);
        return value.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.String => value.ValueTextEquals("true"u8) || value.ValueTextEquals("1"u8),
            JsonTokenType.Number => value.ValueSpan.SequenceEqual("1"u8),
            _ => false,
        };
    }

    private static Utf8JsonReader AtValue(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        var value = reader;
        reader.Skip();
        return value;
    }
}
