using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Akool.Architecture.Tests;

/// <summary>One room as it was built: its assembly's name, and the names of the assemblies that its code uses.</summary>
internal sealed record Room(string Name, IReadOnlyList<string> Uses)
{
    /// <summary>The rooms that were built beside this test.</summary>
    public static IReadOnlyList<Room> All { get; } =
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "Akool.*.dll")
            .Where(path => !Path.GetFileName(path).EndsWith(".Tests.dll", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>Those of its references that are rooms too.</summary>
    public IEnumerable<string> UsesOfOurs => Uses.Where(use => use.StartsWith("Akool.", StringComparison.Ordinal));

    private static Room Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        var name = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        return new(name, [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))]);
    }
}
