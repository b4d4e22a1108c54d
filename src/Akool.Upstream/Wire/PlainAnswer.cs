using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Upstream.Wire;

/// <summary>
/// Reads an answer that is written as AKOOL writes its own: no escape but the quotes of the payload and what a text needs, no blank but one behind a comma
/// or a colon. It reads the payload where it lies, which costs less than to unescape it and read it again. Whatever else there is in a frame, it leaves
/// to <see cref="ChatFrameReader"/>, and what it does read, that reads likewise. Pure.
/// </summary>
internal ref struct PlainAnswer
{
    private static readonly SearchValues<byte> EndsText = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (byte)c), (byte)'"', (byte)'\\']);
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    private ReadOnlySpan<byte> _rest;
    private bool _inPayload; // its quotes are written as \"

    private PlainAnswer(ReadOnlySpan<byte> message) => _rest = message;

    /// <summary>Reads one message. False: this is not for here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out ReceivedFrame answer)
    {
        answer = default;
        // A text message was checked when it was cut; a binary one may hold an answer too, and was not.
        return Utf8.IsValid(message) && new PlainAnswer(message).TryReadFrame(ref answer);
    }

    private bool TryReadFrame(ref ReceivedFrame answer)
    {
        var (isChat, hasAnswer) = (false, false);
        if (!Take('{')) return false;
        do
        {
            if (!TryName(out var name)) return false;
            if (!name.SequenceEqual("payload"u8))
            {
                if (!TryText(out var value)) return false;
                if (name.SequenceEqual("type"u8)) isChat = value.SequenceEqual("chat"u8);
                continue;
            }
            if (hasAnswer || !Take('"')) return false;
            _inPayload = true;
            if (!TryReadPayload(ref answer)) return false;
            _inPayload = false;
            if (!Take('"')) return false;
            hasAnswer = true;
        }
        while (TakeThenBlank(','));
        return Take('}') && _rest.IsEmpty && isChat && hasAnswer;
    }

    private bool TryReadPayload(ref ReceivedFrame answer)
    {
        ReadOnlySpan<byte> id = default;
        string? text = null;
        var ended = false;
        if (!Take('{')) return false;
        do
        {
            if (!TryName(out var name)) return false;
            if (name.SequenceEqual("message_id"u8))
            {
                if (!TryText(out id)) return false;
            }
            else if (name.SequenceEqual("answer"u8))
            {
                if (!TryAnswer(out text)) return false;
            }
            else if (name.SequenceEqual("answer_ended"u8))
            {
                ended = Take("true"u8);
                if (!ended && !Take("false"u8)) return false;
            }
            else if (!TrySkip(isNested: false))
            {
                return false;
            }
        }
        while (TakeThenBlank(','));
        if (!Take('}') || id.IsEmpty || text is null) return false;
        answer = new(ReceivedFrameKind.Answer, WireTurnId.TryParse(id, out var ours), ours, text, ended);
        return true;
    }

    // A text, a number without sign or fraction, or an object of such.
    private bool TrySkip(bool isNested)
    {
        if (!_rest.IsEmpty && _rest[0] == '\\') return TryText(out _);
        if (!Take('{')) return TrySkipNumber();
        if (isNested) return false;
        do
        {
            if (!TryName(out _) || !TrySkip(isNested: true)) return false;
        }
        while (TakeThenBlank(','));
        return Take('}');
    }

    private bool TrySkipNumber()
    {
        var length = _rest.IndexOfAnyExcept(Digits);
        if (length <= 0 || (length > 1 && _rest[0] == '0')) return false;
        _rest = _rest[length..];
        return true;
    }

    private bool TryName(out ReadOnlySpan<byte> name) => TryText(out name) && TakeThenBlank(':');

    private bool TryText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TakeQuote()) return false;
        var length = _rest.IndexOfAny(EndsText);
        if (length < 0) return false;
        text = _rest[..length];
        _rest = _rest[length..];
        return TakeQuote();
    }

    private bool TryAnswer([NotNullWhen(true)] out string? text)
    {
        text = null;
        var begin = _rest;
        if (TryText(out var plain))
        {
            text = Encoding.UTF8.GetString(plain);
            return true;
        }
        _rest = begin;
        if (!TakeQuote()) return false;
        var rented = ArrayPool<byte>.Shared.Rent(_rest.Length);
        if (TryUnescape(rented, out var length)) text = Encoding.UTF8.GetString(rented, 0, length);
        ArrayPool<byte>.Shared.Return(rented);
        return text is not null;
    }

    private bool TryUnescape(Span<byte> text, out int length)
    {
        length = 0;
        while (!TakeQuote())
        {
            if (Take("\\\\"u8))
            {
                if (!TryEscaped(out text[length++])) return false;
                continue;
            }
            var plain = _rest.IndexOfAny(EndsText);
            if (plain <= 0) return false;
            _rest[..plain].CopyTo(text[length..]);
            length += plain;
            _rest = _rest[plain..];
        }
        return true;
    }

    // What stands behind a backslash of the payload's JSON, where quotes and backslashes have one more of the frame's.
    private bool TryEscaped(out byte character)
    {
        character = 0;
        if (Take("\\\""u8)) character = (byte)'"';
        else if (Take("\\\\"u8)) character = (byte)'\\';
        else if (Take('n')) character = (byte)'\n';
        else if (Take('t')) character = (byte)'\t';
        else if (Take('r')) character = (byte)'\r';
        else if (Take('/')) character = (byte)'/';
        return character != 0;
    }

    private bool TakeQuote() => _inPayload ? Take("\\\""u8) : Take('"');

    private bool Take(char expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected) return false;
        _rest = _rest[1..];
        return true;
    }

    private bool TakeThenBlank(char expected)
    {
        if (!Take(expected)) return false;
        Take(' ');
        return true;
    }

    private bool Take(ReadOnlySpan<byte> expected)
    {
        if (!_rest.StartsWith(expected)) return false;
        _rest = _rest[expected.Length..];
        return true;
    }
}
