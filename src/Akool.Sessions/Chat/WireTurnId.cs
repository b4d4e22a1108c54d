using System.Buffers.Text;

namespace Akool.Sessions.Chat;

/// <summary>
/// A turn's id on AKOOL's wire (<c>message_id</c>): unique in its session over all its streams and over the hub's lives, and parsed back
/// from UTF-8 without a string. Written as <c>{epoch:8 hex}-{number:decimal}</c>, for example <c>9f03c2aa-17</c>.
/// </summary>
/// <param name="Epoch">The hub's life that the turn belongs to; random, so that a late answer to an earlier life's turn meets nobody.</param>
/// <param name="Number">Counts the turns of that life, from 1.</param>
public readonly record struct WireTurnId(uint Epoch, int Number)
{
    /// <summary>The longest form, in bytes.</summary>
    public const int MaxLength = 8 + 1 + 10;

    /// <summary>Writes the id; <paramref name="utf8"/> must hold <see cref="MaxLength"/> bytes. Gives the bytes written.</summary>
    public int Format(Span<byte> utf8)
    {
        Utf8Formatter.TryFormat(Epoch, utf8, out _, new System.Buffers.StandardFormat('x', 8));
        utf8[8] = (byte)'-';
        Utf8Formatter.TryFormat(Number, utf8[9..], out var digits);
        return 9 + digits;
    }

    /// <summary>Reads an id back. Only the exact form that <see cref="Format"/> writes is taken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out WireTurnId id)
    {
        id = default;
        if (utf8.Length is < 10 or > MaxLength || utf8[8] != (byte)'-' || utf8[9] is < (byte)'1' or > (byte)'9') return false;
        if (!Utf8Parser.TryParse(utf8[..8], out uint epoch, out var hex, 'x') || hex != 8) return false;
        if (!Utf8Parser.TryParse(utf8[9..], out int number, out var digits) || digits != utf8.Length - 9) return false;
        id = new(epoch, number);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Epoch:x8}-{Number}";
}
