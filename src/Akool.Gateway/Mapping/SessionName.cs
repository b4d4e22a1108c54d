using Akool.Sessions;

namespace Akool.Gateway.Mapping;

/// <summary>Resource names of sessions, <c>sessions/{session}</c>.</summary>
internal static class SessionName
{
    private const string Prefix = "sessions/";

    public static string Of(SessionId id) => Prefix + id.Value;

    /// <summary>
    /// The id in a name. A name of the right form that no gateway ever gave out is not a fault of the field: it is looked for, and not found,
    /// with the same answer as another owner's.
    /// </summary>
    public static Result<SessionId> Parse(string name, string field)
    {
        var faults = new RequestFaults();
        var id = Read(name, field, ref faults);
        return faults.Or(id);
    }

    public static SessionId Read(string name, string field, ref RequestFaults faults)
    {
        if (name.Length == 0) faults.Add(field, "is required");
        else if (!IsName(name)) faults.Add(field, "is not of the form sessions/{session}");
        else return new SessionId(name[Prefix.Length..]);
        return default;
    }

    private static bool IsName(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var id = name.AsSpan(Prefix.Length);
        if (id.Length is 0 or > FieldRules.MaxIdLength) return false;
        foreach (var character in id)
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.' or '~')) return false;
        return true;
    }
}
