using Akool.Bench.Processes;

namespace Akool.Bench.Measures;

/// <summary>Measures what a piece of load cost the process under test, from outside it.</summary>
internal static class WindowMeter
{
    public static async Task<Window> MeasureAsync(Contender contender, int count, Func<Task<TimeSpan>> load)
    {
        var bytesBefore = (await contender.Process.RuntimeAsync()).AllocatedBytes;
        // A floor has no upstream. The load generator is no canary for it: the two share how many messages a wakeup brings, so that a floor's
        // cheapest windows would be picked, and those of the gateway would not.
        var (cpuBefore, canaryBefore) = (contender.Process.Cpu, contender.Canary?.Cpu);
        var took = await load();
        var (cpu, canaryCpu) = (contender.Process.Cpu - cpuBefore, contender.Canary?.Cpu - canaryBefore);
        var bytes = (await contender.Process.RuntimeAsync()).AllocatedBytes;
        return new(contender.Name, count, took, cpu.TotalMicroseconds / count, (bytes - bytesBefore) / (double)count, canaryCpu?.TotalMicroseconds / count);
    }

    /// <summary>Loads until the process compiles nothing new and the least time is over; what it costs then is thrown away.</summary>
    public static async Task WarmUpAsync(Contender contender, TimeSpan least, Func<Task> load)
    {
        var begin = TimeProvider.System.GetTimestamp();
        long before = -1;
        for (var still = 0; still < 2 || TimeProvider.System.GetElapsedTime(begin) < least;)
        {
            await load();
            var compiled = (await contender.Process.RuntimeAsync()).CompiledMethods;
            still = compiled == before ? still + 1 : 0;
            before = compiled;
            if (TimeProvider.System.GetElapsedTime(begin) > least + TimeSpan.FromMinutes(1)) return;
        }
    }
}
