namespace Akool.Upstream.Rest;

/// <summary>One kind of call to AKOOL.</summary>
/// <param name="Name">For logs and metrics.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Below BaseUrl.</param>
internal sealed record Operation(string Name, HttpMethod Method, string Path)
{
    private const string Live = "/api/open/v3/liveAvatar/session/";

    /// <summary>Name of its spans.</summary>
    public string SpanName { get; } = $"upstream {Method} {Name.Replace('.', '/')}";

    /// <summary>Whether it may be sent again when it is not known what became of it: reads, and close, which ends a session once however often it is asked.</summary>
    public bool IsRepeatable { get; private init; }

    /// <summary>Whether what it names is a session that exists, so that "does not exist" means that session.</summary>
    public bool IsOnSession { get; private init; }

    public static Operation GetToken { get; } = new("getToken", HttpMethod.Post, "/api/open/v3/getToken");

    public static Operation Create { get; } = new("session.create", HttpMethod.Post, Live + "create");

    public static Operation Detail { get; } = new("session.detail", HttpMethod.Get, Live + "detail") { IsRepeatable = true, IsOnSession = true };

    public static Operation Close { get; } = new("session.close", HttpMethod.Post, Live + "close") { IsRepeatable = true, IsOnSession = true };

    // Not repeatable: a second pause that arrives after a turn would stop that turn's answer.
    public static Operation Pause { get; } = new("session.pause", HttpMethod.Post, Live + "pause") { IsOnSession = true };

    public static Operation List { get; } = new("session.list", HttpMethod.Get, Live + "list") { IsRepeatable = true };

    public static Operation ListAvatars { get; } = new("avatar.list", HttpMethod.Get, "/api/open/v3/avatar/list") { IsRepeatable = true };

    public static Operation GetAvatar { get; } = new("avatar.detail", HttpMethod.Get, "/api/open/v3/avatar/detail") { IsRepeatable = true };

    public static Operation CreateAvatar { get; } = new("avatar.create", HttpMethod.Post, "/api/open/v3/avatar/create");

    public static Operation ListVoices { get; } = new("voice.list", HttpMethod.Get, "/api/open/v3/voice/list") { IsRepeatable = true };

    public static Operation ListLanguages { get; } = new("language.list", HttpMethod.Get, "/api/open/v3/language/list") { IsRepeatable = true };
}

/// <summary>One call: an operation and what it is about.</summary>
/// <param name="Operation">What is called.</param>
/// <param name="Query">With its question mark; empty: none.</param>
/// <param name="Body">JSON; null: none.</param>
internal sealed record AkoolCall(Operation Operation, string Query = "", byte[]? Body = null)
{
    /// <summary>The avatar that it needs a place on; null: none.</summary>
    public string? Avatar { get; init; }
}
