using System.Globalization;

namespace Akool.Upstream.Wire;

/// <summary>Makes text of JSON whose <c>\u</c> escapes hold half a surrogate pair. Pure.</summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    /// <summary>Writes U+FFFD over each escape that is half a pair. False: there was none.</summary>
    public static bool Replace(Span<byte> json)
    {
        var replaced = false;
        for (var at = json.IndexOf((byte)'\\'); at >= 0 && at + 1 < json.Length;)
        {
            var unit = UnitAt(json[at..]);
            if (unit is null) at += 2;
            else if (char.IsHighSurrogate(unit.Value) && UnitAt(json[(at + EscapeLength)..]) is { } low && char.IsLowSurrogate(low)) at += 2 * EscapeLength;
            else
            {
                if (char.IsSurrogate(unit.Value))
                {
                    "\\ufffd"u8.CopyTo(json[at..]);
                    replaced = true;
                }

                at += EscapeLength;
            }

            var next = json[Math.Min(at, json.Length)..].IndexOf((byte)'\\');
            at = next < 0 ? next : at + next;
        }

        return replaced;
    }

    private static char? UnitAt(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u'
        && ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit : null;
}
