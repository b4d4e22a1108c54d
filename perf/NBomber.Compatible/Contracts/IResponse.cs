namespace NBomber.Contracts;

/// <summary>What a step or a whole scenario ended with.</summary>
public interface IResponse
{
    /// <summary>The caller's own code, for example a gRPC status; empty when there is none.</summary>
    string StatusCode { get; }

    /// <summary>The invocation counts as failed.</summary>
    bool IsError { get; }

    /// <summary>Bytes transferred, as the caller counts them.</summary>
    long SizeBytes { get; }

    /// <summary>Replaces the measured latency where it is more than zero; milliseconds.</summary>
    double CustomLatencyMs { get; }

    /// <summary>A sentence for the report.</summary>
    string Message { get; }
}
