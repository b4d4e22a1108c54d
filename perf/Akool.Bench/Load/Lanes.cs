namespace Akool.Bench.Load;

/// <summary>Opens and closes many conversations, a bounded number at once.</summary>
internal static class Lanes
{
    /// <summary>How long a call that opens or closes may take.</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    private const int AtOnce = 64;

    public static async Task<ILane[]> OpenAsync(ITarget target, int count, CancellationToken cancellation)
    {
        var lanes = new ILane[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (i, token) => lanes[i] = await target.OpenAsync(cancellation));
        return lanes;
    }

    public static Task CloseAsync(IEnumerable<ILane> lanes) =>
        Parallel.ForEachAsync(lanes, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (lane, _) => await lane.DisposeAsync());
}
