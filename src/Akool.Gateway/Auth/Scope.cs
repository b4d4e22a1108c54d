namespace Akool.Gateway.Auth;

/// <summary>What credentials may be used for.</summary>
[Flags]
internal enum Scope
{
    None = 0,
    Sessions = 1,
    Chat = 2,
    Catalog = 4,
    Admin = 8,
    All = Sessions | Chat | Catalog | Admin,
}

/// <summary>The words for scopes, in configuration, tokens and errors.</summary>
internal static class ScopeWords
{
    private static readonly Dictionary<string, Scope> Known = new(StringComparer.Ordinal)
    {
        ["sessions"] = Scope.Sessions,
        ["chat"] = Scope.Chat,
        ["catalog"] = Scope.Catalog,
        ["admin"] = Scope.Admin,
    };

    /// <summary>All words, for a message.</summary>
    public static string List { get; } = string.Join(", ", Known.Keys);

    /// <summary>The scope of a word; None where it is not one of ours.</summary>
    public static Scope Read(string word) => Known.GetValueOrDefault(word);

    /// <summary>The scopes of words; those that are not ours count for nothing.</summary>
    public static Scope Read(IEnumerable<string> words) => words.Aggregate(Scope.None, (scopes, word) => scopes | Read(word));

    /// <summary>The word of a single scope.</summary>
    public static string Of(Scope scope) => Known.Single(known => known.Value == scope).Key;
}
