namespace NBomber.Contracts;

/// <summary>A response with a payload for the steps that follow.</summary>
public sealed record Response<T> : IResponse
{
    /// <inheritdoc/>
    public string StatusCode { get; init; } = "";

    /// <inheritdoc/>
    public bool IsError { get; init; }

    /// <inheritdoc/>
    public long SizeBytes { get; init; }

    /// <inheritdoc/>
    public double CustomLatencyMs { get; init; }

    /// <inheritdoc/>
    public string Message { get; init; } = "";

    /// <summary>What the step hands on; the default where there is none.</summary>
    public T? Payload { get; init; }
}
