using System.Globalization;
using Akool.Sessions;

namespace Akool.Gateway.Hosting;

/// <summary>How many sessions there are, by state, and what they hold.</summary>
internal sealed class SessionStatus(SessionLifecycle sessions) : IStatusSource
{
    public StatusTable Read()
    {
        var admin = sessions.Admin;
        var rows = new List<IReadOnlyList<string>>();
        var states = admin.States;
        foreach (var state in Enum.GetValues<SessionState>()) rows.Add(Row(state.ToString().ToUpperInvariant(), states.GetValueOrDefault(state)));
        rows.Add(Row("chat streams", admin.ChatStreams));
        rows.Add(Row("websockets to AKOOL", admin.UpstreamConnections));
        rows.Add(Row("open at AKOOL and nobody's", admin.Orphans));
        return new StatusTable("Sessions", ["", ""], rows);
    }

    private static string[] Row(string name, int count) => [name, count.ToString(CultureInfo.InvariantCulture)];
}
