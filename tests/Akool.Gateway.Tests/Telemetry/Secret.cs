using System.Text;
using System.Text.Encodings.Web;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>Something that must not be found, in whatever encoding, and the columns of the ledger that must hold it all the same.</summary>
internal sealed record Secret(string Name, string Value, params string[] Columns)
{
    /// <summary>As it is, percent-encoded, as JSON escapes it, and in base64 wherever in a longer text it begins.</summary>
    public IReadOnlyList<string> Forms { get; } = [Value, Uri.EscapeDataString(Value), Uri.EscapeDataString(Value).ToLowerInvariant(), JavaScriptEncoder.Default.Encode(Value), .. Base64(Value)];

    /// <summary>The form in which it stands in a text; null: in none.</summary>
    public string? FoundIn(string text) => Forms.FirstOrDefault(form => text.Contains(form, StringComparison.Ordinal));

    /// <summary>The form in which it stands among bytes; null: in none.</summary>
    public string? FoundIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in Forms)
            if (bytes.IndexOf(Encoding.UTF8.GetBytes(form)) >= 0) return form;
        return null;
    }

    // What stands before and after it changes the first and the last digit or two; those between are always the same.
    private static IEnumerable<string> Base64(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        for (var before = 0; before < 3; before++)
        {
            var digits = Convert.ToBase64String([.. new byte[before], .. bytes]).TrimEnd('=');
            var whole = digits[(before == 0 ? 0 : before + 1)..((bytes.Length + before) * 8 / 6)];
            yield return whole;
            yield return whole.Replace('+', '-').Replace('/', '_');
        }
    }
}
