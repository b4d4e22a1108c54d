using Akool.Sessions.Ports;

namespace Akool.Gateway.Hosting;

/// <summary>Without its ledger the gateway begins no session.</summary>
internal sealed class LedgerReadiness(ISessionLedger ledger) : IReadinessCheck
{
    public string Name => "ledger";

    public string? Fault() => ledger.IsWritable ? null : "the ledger cannot be written; no session can be begun";
}
