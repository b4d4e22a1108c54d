namespace Akool.Bench.Load;

/// <summary>What the load is put on.</summary>
internal interface ITarget : IAsyncDisposable
{
    /// <summary>Opens one conversation: stream or socket, and the session under it where there is one. Safe from any thread.</summary>
    Task<ILane> OpenAsync(CancellationToken cancellation);
}

/// <summary>One conversation. One send and one read at a time.</summary>
internal interface ILane : IAsyncDisposable
{
    /// <summary>Sends a turn that the answer is known by.</summary>
    Task SendAsync(long tag, string text);

    /// <summary>The next answer's tag.</summary>
    ValueTask<long> ReadAsync();

    /// <summary>Goes away without a word; what was opened for it is not closed by it.</summary>
    void Abandon();
}
