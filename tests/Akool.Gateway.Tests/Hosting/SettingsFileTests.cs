using Akool.Gateway.Hosting;
using Microsoft.Extensions.Primitives;

namespace Akool.Gateway.Tests.Hosting;

public sealed class SettingsFileTests : IDisposable
{
    private static readonly DateTime Written = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-settings-");

    private string Name => Path.Combine(_folder.FullName, "appsettings.json");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, Action<string>> Faults => new()
    {
        { "cut", file => File.WriteAllText(file, """{ "Key": """) },
        { "empty", file => File.WriteAllText(file, "") },
        { "no object", file => File.WriteAllText(file, "[]") },
        { "gone", File.Delete },
        { "not to be opened", file => { File.Delete(file); Directory.CreateDirectory(file); } },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_file_that_cannot_be_read_counts_on_and_is_told_once_until_it_can(string what, Action<string> spoil)
    {
        Write("first", Written);
        var file = new SettingsFile(Name, isOptional: true);
        file.Load();
        var reloads = 0;
        using var changes = ChangeToken.OnChange(file.GetReloadToken, () => reloads++);

        spoil(Name);
        Assert.True(file.Look() is { Length: > 0 }, $"{what} was not told");
        Assert.Null(file.Look());
        Assert.Equal(("first", 0), (Read(file), reloads));

        if (Directory.Exists(Name)) Directory.Delete(Name);
        Write("second", Written); // as old as before: rights may change, and the time of a copy may be kept
        Assert.Null(file.Look());
        Assert.Null(file.Look());
        Assert.Equal(("second", 1), (Read(file), reloads));
    }

    [Fact]
    public void A_value_that_whoever_follows_cannot_take_is_told_once_and_ends_nothing()
    {
        Write("first", Written);
        var file = new SettingsFile(Name, isOptional: true);
        file.Load();
        var told = new List<string?>();
        using var follower = ChangeToken.OnChange(file.GetReloadToken, () =>
        {
            told.Add(Read(file));
            if (told[^1] == "wrong") throw new InvalidOperationException("not this one");
        });

        Write("wrong", Written);
        Assert.Equal("not this one", file.Look());
        Assert.Null(file.Look());
        Write("right", Written);
        Assert.Null(file.Look());

        Assert.Equal(["wrong", "right"], told);
    }

    [Fact]
    public void A_file_that_comes_later_counts_from_then()
    {
        var file = new SettingsFile(Name, isOptional: true);
        file.Load();
        Assert.Null(file.Look());
        Assert.Null(Read(file));

        Write("late", Written);

        Assert.Null(file.Look());
        Assert.Equal("late", Read(file));
    }

    [Fact]
    public void A_file_that_must_be_there_and_is_not_stops_the_start()
    {
        var fault = Assert.Throws<InvalidDataException>(() => new SettingsFile(Name, isOptional: false).Load());

        Assert.Contains(Name, fault.Message, StringComparison.Ordinal);
    }

    private void Write(string value, DateTime written)
    {
        File.WriteAllText(Name, $$"""{ "Key": "{{value}}" }""");
        File.SetLastWriteTimeUtc(Name, written);
    }

    private static string? Read(SettingsFile file) => file.TryGet("Key", out var value) ? value : null;
}
