using System.Text;

namespace Akool.Sessions.Chat;

/// <summary>What a part of a turn must look like, whatever the state of the session.</summary>
internal static class TurnRules
{
    /// <summary>Longest turn id, in characters (contract).</summary>
    public const int MaxTurnIdLength = 128;

    /// <summary>Most parts of a turn: half of what a session remembers. One that made it forget its own first part would be spoken again by a repeat.</summary>
    public const int MaxParts = FinishedTurns.MaxParts / 2;

    /// <summary>What is wrong with a part; null: nothing.</summary>
    public static SessionError? Check(in TurnPart part, ChatLimits limits)
    {
        if (part.TurnId.Length == 0) return SessionError.Invalid("turn.turn_id", "is required");
        if (IsTooLong(part.TurnId)) return SessionError.Invalid("turn.turn_id", $"has more than {MaxTurnIdLength} characters");
        if (part.PartIndex is < 0 or >= MaxParts) return SessionError.Invalid("turn.part_index", $"must be from 0 to {MaxParts - 1}");
        if (part.Text.Length == 0 && (part.MoreFollows || part.PartIndex == 0)) return SessionError.Invalid("turn.text", "must not be empty, except in a last part");
        if (part.PartIndex == 0 && part.AnswerTimeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromHours(1)))
            return SessionError.Invalid("turn.answer_timeout", "must be more than 0 and at most 1 hour");
        if (IsTooLarge(part.Text, limits.MaxTurnBytes))
            return new SessionError(SessionErrorCode.InputTooLarge, $"turn.text has more than {limits.MaxTurnBytes} UTF-8 bytes; send it in parts with one turn_id") { Field = "turn.text" };
        return null;
    }

    /// <summary>What an id is told as: itself, or of one that is too long the beginning, marked as such. It must neither fill the log nor name another turn.</summary>
    public static string Shorten(string turnId)
    {
        if (!IsTooLong(turnId)) return turnId;
        var (units, characters) = (0, 0);
        foreach (var character in turnId.EnumerateRunes())
        {
            if (characters++ == MaxTurnIdLength) break;
            units += character.Utf16SequenceLength;
        }
        return string.Concat(turnId.AsSpan(0, units), "…");
    }

    // A character is a Unicode scalar value: one that UTF-16 writes as two units counts once.
    private static bool IsTooLong(string turnId)
    {
        if (turnId.Length <= MaxTurnIdLength) return false;
        if (turnId.Length > 2 * MaxTurnIdLength) return true;
        var characters = 0;
        foreach (var _ in turnId.EnumerateRunes()) characters++;
        return characters > MaxTurnIdLength;
    }

    // Most texts are so short that no count is needed: a UTF-16 unit is at most three bytes.
    private static bool IsTooLarge(string text, int maxBytes) => text.Length > maxBytes / 3 && Encoding.UTF8.GetByteCount(text) > maxBytes;
}
