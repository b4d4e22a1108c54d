using Akool.Sessions;

namespace Akool.Upstream.Tests.Support;

/// <summary>The examples of AKOOL's wire, as its documentation has them.</summary>
internal static class Fixtures
{
    public static SessionConfig Config { get; } = new("Kai_1080P_back", null, MediaTransport.Flv, TurnSettings.Empty);

    public static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "fixtures", name));
}
