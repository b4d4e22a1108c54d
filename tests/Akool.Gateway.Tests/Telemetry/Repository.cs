namespace Akool.Gateway.Tests.Telemetry;

/// <summary>Files of the repository that are no code.</summary>
internal static class Repository
{
    /// <summary>The text of a file, by its path from the root.</summary>
    public static string Read(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Akool.Grpc.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the test does not stand inside the repository");
        return File.ReadAllText(Path.Combine(folder.FullName, file)).ReplaceLineEndings("\n");
    }
}
