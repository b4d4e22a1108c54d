using System.Runtime;
using System.Runtime.InteropServices;

namespace Akool.Bench.Processes;

/// <summary>What a process under test tells of its own runtime through <see cref="global::StartupHook"/>.</summary>
internal sealed record RuntimeFigures(long AllocatedBytes, long HeapBytes, long CompiledMethods, bool ServerGc, string Runtime)
{
    /// <summary>The figures now; with <paramref name="collect"/> after a full, blocking, compacting collection.</summary>
    public static RuntimeFigures Now(bool collect)
    {
        if (collect)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return new(GC.GetTotalAllocatedBytes(precise: true), GC.GetTotalMemory(forceFullCollection: false), JitInfo.GetCompiledMethodCount(),
            GCSettings.IsServerGC, RuntimeInformation.FrameworkDescription);
    }
}
