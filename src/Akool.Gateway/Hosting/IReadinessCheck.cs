namespace Akool.Gateway.Hosting;

/// <summary>Says whether the gateway can do its work, for <c>/readyz</c>. Asked often: it must not wait for anything.</summary>
internal interface IReadinessCheck
{
    /// <summary>What is checked, in one word.</summary>
    string Name { get; }

    /// <summary>What is wrong, in a sentence without secrets; null: nothing.</summary>
    string? Fault();
}

/// <summary>A gateway that is drained takes no new work.</summary>
internal sealed class DrainReadiness(GatewayDrain drain) : IReadinessCheck
{
    public string Name => "drain";

    public string? Fault() => drain.IsDraining ? "the gateway is going down" : null;
}
