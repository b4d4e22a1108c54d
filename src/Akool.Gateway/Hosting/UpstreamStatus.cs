using System.Globalization;
using Akool.Upstream;

namespace Akool.Gateway.Hosting;

/// <summary>What AKOOL last did not answer well, newest first.</summary>
internal sealed class UpstreamStatus(UpstreamHealth upstream) : IStatusSource
{
    public StatusTable Read() =>
        new("Last errors of AKOOL", ["time (UTC)", "call", "told as", "code", "detail"], [.. upstream.Recent.Reverse().Select(Row)]);

    private static string[] Row(UpstreamProblem problem) =>
    [
        problem.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        problem.Operation,
        problem.Code.ToString(),
        problem.UpstreamCode == 0 ? "" : problem.UpstreamCode.ToString(CultureInfo.InvariantCulture),
        problem.Detail,
    ];
}
