using System.Globalization;
using System.Runtime.InteropServices;

namespace Akool.Bench.Processes;

/// <summary>What Linux tells of a process.</summary>
internal static partial class ProcStat
{
    /// <summary>User and system time of all its threads, those that have ended included; to the nanosecond, where <c>/proc</c> counts in steps of 10 ms.</summary>
    public static TimeSpan CpuOf(int pid)
    {
        // What clock_getcpuclockid gives: the process's number inverted, and the kind of clock.
        const int ScheduledTime = 2;
        if (ClockGetTime(~pid << 3 | ScheduledTime, out var time) != 0) throw new InvalidOperationException($"no CPU clock for process {pid}: errno {Marshal.GetLastPInvokeError()}");
        return new(time.Seconds * TimeSpan.TicksPerSecond + time.Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    public static long RssBytesOf(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim().TrimEnd("kB"), CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Open sockets.</summary>
    public static int SocketsOf(int pid) =>
        new DirectoryInfo($"/proc/{pid}/fd").EnumerateFileSystemInfos().Count(fd => fd.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out Time time);

    private readonly struct Time
    {
        public readonly nint Seconds, Nanoseconds;
    }
}
