using System.Globalization;

namespace Akool.Bench.Processes;

/// <summary>What Linux tells of a process under <c>/proc</c>.</summary>
internal static class ProcStat
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>User and system time of all its threads, those that have ended included; 10 ms steps.</summary>
    public static TimeSpan CpuOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold blanks
        return Tick * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    public static long RssBytesOf(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim().TrimEnd("kB"), CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Open sockets.</summary>
    public static int SocketsOf(int pid) =>
        new DirectoryInfo($"/proc/{pid}/fd").EnumerateFileSystemInfos().Count(fd => fd.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
}
