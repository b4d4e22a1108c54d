using System.Text;
using Akool.Sessions;

namespace Akool.Gateway.Mapping;

/// <summary>Rules that fields of several requests share. Each names the field at fault by its path in the request.</summary>
internal static class FieldRules
{
    /// <summary>Longest id of any kind, in characters: avatars, voices, languages, request and turn ids.</summary>
    public const int MaxIdLength = 128;

    /// <summary>Longest role in words, in UTF-8 bytes. It goes out with every turn that has it.</summary>
    public const int MaxPersonaBytes = 16 * 1024;

    /// <summary>Longest URL, in characters: what common servers and proxies accept.</summary>
    public const int MaxUrlLength = 2048;

    public static void Id(string value, string field, ref RequestFaults faults)
    {
        if (value.Length == 0) faults.Add(field, "is required");
        else Line(value, field, MaxIdLength, ref faults);
    }

    public static string? OptionalId(string value, string field, ref RequestFaults faults)
    {
        if (value.Length == 0) return null;
        Line(value, field, MaxIdLength, ref faults);
        return value;
    }

    /// <summary>Text without control characters: ids, labels and names end up in headers, logs and databases.</summary>
    public static void Line(string value, string field, int maxLength, ref RequestFaults faults)
    {
        if (IsLonger(value, maxLength)) faults.Add(field, $"has more than {maxLength} characters");
        else if (HasControlCharacter(value)) faults.Add(field, "has a control character");
    }

    /// <summary>Free text, which may have lines. U+0000 is refused: PostgreSQL cannot keep it.</summary>
    public static void Text(string value, string field, int maxBytes, ref RequestFaults faults)
    {
        if (value.Length > maxBytes || Encoding.UTF8.GetByteCount(value) > maxBytes) faults.Add(field, $"has more than {maxBytes} bytes of UTF-8");
        else if (value.Contains('\0')) faults.Add(field, "has the character U+0000");
    }

    /// <summary>A link that AKOOL will follow. Errors do not repeat it: it may hold a secret.</summary>
    public static void Url(string value, string field, ref RequestFaults faults)
    {
        if (value.Length == 0) faults.Add(field, "is required");
        else if (value.Length > MaxUrlLength) faults.Add(field, $"has more than {MaxUrlLength} characters");
        else if (!PublicUrl.IsAllowed(value, out var reason)) faults.Add(field, reason);
    }

    // A character is a Unicode scalar value: one that UTF-16 writes as two units counts once.
    private static bool IsLonger(string value, int maxLength)
    {
        if (value.Length <= maxLength) return false;
        if (value.Length > 2 * maxLength) return true;
        var count = 0;
        foreach (var _ in value.EnumerateRunes()) count++;
        return count > maxLength;
    }

    private static bool HasControlCharacter(string value)
    {
        foreach (var character in value)
            if (char.IsControl(character)) return true;
        return false;
    }
}
