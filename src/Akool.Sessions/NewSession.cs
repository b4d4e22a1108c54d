namespace Akool.Sessions;

/// <summary>What a caller asks for. Validated and clamped before it gets here.</summary>
public sealed record NewSession(
    OwnerId Owner, SessionConfig Config, LeasePolicy Lease, IReadOnlyDictionary<string, string> Labels, string RequestId, bool WaitUntilActive);
