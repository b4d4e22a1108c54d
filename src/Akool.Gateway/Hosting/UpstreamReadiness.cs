using Akool.Upstream;

namespace Akool.Gateway.Hosting;

/// <summary>Without AKOOL's REST side no session can be begun.</summary>
internal sealed class UpstreamReadiness(UpstreamHealth upstream) : IReadinessCheck
{
    public string Name => "upstream";

    public string? Fault() => upstream.IsReachable ? null : "AKOOL does not answer; no session can be begun";
}
