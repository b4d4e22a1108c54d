namespace Akool.Architecture.Tests;

/// <summary>One C# file that is written by hand.</summary>
internal sealed record SourceFile(string Path, string[] Lines)
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All of them; their paths begin at the root of the repository.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = [.. Read()];

    /// <summary>Where a line is bad, as `path:line`.</summary>
    public IEnumerable<string> Where(Func<string, bool> isBad) =>
        Lines.Index().Where(line => isBad(line.Item)).Select(line => $"{Path}:{line.Index + 1}");

    private static IEnumerable<SourceFile> Read()
    {
        foreach (var folder in new[] { "src", "tests", "perf" })
        {
            foreach (var path in Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            {
                var relative = System.IO.Path.GetRelativePath(Root, path).Replace('\\', '/');
                if (relative.Split('/').Intersect(["bin", "obj", "node_modules"]).Any()) continue;
                yield return new(relative, File.ReadAllLines(path));
            }
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Akool.Grpc.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the test does not stand inside the repository");
        return folder.FullName;
    }
}
