using System.Globalization;
using System.Text;

namespace Akool.Upstream.Wire;

/// <summary>The head of an HTTP/1.1 answer: its status, and its fields in the order in which they came (RFC 9112, 4 and 5). Pure.</summary>
internal sealed class AnswerHead
{
    private const string Version = "HTTP/1.";
    private const int StatusAt = 9; // behind "HTTP/1.x "

    private readonly List<(string Name, string Value)> _fields = [];

    public int Status { get; private init; }

    /// <summary>Reads a head without the empty line that ends it; null: it is none.</summary>
    public static AnswerHead? Read(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        if (lines.Any(HasControls) || StatusOf(lines[0]) is not { } status) return null;
        var head = new AnswerHead { Status = status };
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t')) return null; // continued lines, too, are none of the standard's any more
            head._fields.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }
        return head;
    }

    /// <summary>What all fields of a name say; names are compared without case.</summary>
    public IEnumerable<string> Values(string name) =>
        _fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    private static int? StatusOf(string line)
    {
        if (line.Length < StatusAt + 3 || !line.StartsWith(Version, StringComparison.Ordinal) || line[StatusAt - 1] != ' ') return null;
        if (line.Length > StatusAt + 3 && line[StatusAt + 3] != ' ') return null;
        return int.TryParse(line.AsSpan(StatusAt, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : null;
    }

    private static bool HasControls(string line) => line.AsSpan().IndexOfAnyInRange('\0', '\u0008') >= 0 || line.AsSpan().IndexOfAnyInRange('\n', '\u001F') >= 0;
}
