namespace Akool.Upstream.Tests.Support;

internal static class Allocations
{
    /// <summary>
    /// Bytes that a call allocates on this thread once it is warm. The least of several rounds: what the runtime itself allocates now and then falls into
    /// one of them, what the call allocates into each.
    /// </summary>
    public static double OfEach(Action call)
    {
        const int Calls = 1000, Rounds = 5;
        var least = double.MaxValue;
        for (var round = 0; round <= Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var n = 0; n < Calls; n++) call();
            var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
            if (round > 0) least = Math.Min(least, each); // the first is to warm up
        }

        return least;
    }

    public static double OfString(int length) => OfEach(() => _ = new string('x', length));
}
