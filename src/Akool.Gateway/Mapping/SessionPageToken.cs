using System.Globalization;
using Akool.Sessions;

namespace Akool.Gateway.Mapping;

/// <summary>Tokens of ListSessions: bound to the owner, the states and the labels. The size of the pages may change on the way.</summary>
internal static class SessionPageToken
{
    public static string Write(SessionCursor last, SessionQuery query) =>
        PageToken.Write(ListOf(query), string.Create(CultureInfo.InvariantCulture, $"{last.CreateTime.UtcTicks} {last.Id.Value}"));

    public static Result<SessionCursor> Read(string token, SessionQuery query)
    {
        var place = PageToken.Read(token, ListOf(query));
        if (!place.IsOk) return place.Error;
        var parts = place.Value.Split(' ', 2);
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            || ticks > DateTimeOffset.MaxValue.Ticks) return PageToken.Invalid;
        return new SessionCursor(new DateTimeOffset(ticks, TimeSpan.Zero), new SessionId(parts[1]));
    }

    private static string[] ListOf(SessionQuery query)
    {
        var parts = new List<string> { "sessions", query.Owner.Value, string.Join(',', query.States) };
        foreach (var (key, value) in query.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            parts.Add(key);
            parts.Add(value);
        }

        return [.. parts];
    }
}
