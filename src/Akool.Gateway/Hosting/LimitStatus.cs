using System.Globalization;
using Akool.Sessions;

namespace Akool.Gateway.Hosting;

/// <summary>The limits in force and their use.</summary>
internal sealed class LimitStatus(SessionLifecycle sessions) : IStatusSource
{
    public StatusTable Read() => new("Limits", ["limit", "scope", "used", "at most"], [.. sessions.Admin.Limits.Select(Row)]);

    private static string[] Row(LimitUse use) =>
        [use.Name, use.Scope, use.Used.ToString(CultureInfo.InvariantCulture), use.Limit.ToString(CultureInfo.InvariantCulture)];
}
