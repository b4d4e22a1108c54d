using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Akool.Avatar.V1;
using Akool.Gateway.Auth;
using Akool.Gateway.Hosting;
using Akool.Ledger;
using Akool.Sessions;
using Akool.Upstream;
using ChatLimits = Akool.Sessions.ChatLimits;

namespace Akool.Architecture.Tests;

/// <summary>The README's tables against the code.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(SourceFile.Root, "README.md"));

    public static TheoryData<string, string?> Options => [.. AllOptions().Select(option => (option.Key, option.Default))];

    public static TheoryData<string> Reasons => [.. SessionReflection.Descriptor.EnumTypes.Single(type => type.ClrType == typeof(ErrorReason)).Values
        .Where(value => value.Number != 0).Select(value => value.Name["ERROR_REASON_".Length..])];

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_option_stands_in_the_README_with_its_default(string key, string? value)
    {
        var row = Assert.Single(Lines, line => line.StartsWith('|') && line.Split('|')[1].Split(", ").Select(cell => cell.Trim(' ', '`')).Contains(key));

        if (value is not null) Assert.Equal(value, row.Split('|')[2].Trim(' ', '`'));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_stands_in_the_README(string reason) => Assert.Single(Lines, line => line.StartsWith($"| `{reason}` |", StringComparison.Ordinal));

    [Fact]
    public void No_link_of_a_document_leads_nowhere()
    {
        var documents = Directory.EnumerateFiles(Path.Combine(SourceFile.Root, "docs"), "*.md").Append(Path.Combine(SourceFile.Root, "README.md"));

        var broken = documents.SelectMany(document => Link.Matches(File.ReadAllText(document)).Select(link => (document, To: link.Groups[1].Value)))
            .Where(link => !File.Exists(Path.Combine(Path.GetDirectoryName(link.document)!, link.To)));

        Assert.Empty(broken);
    }

    // Each leaf of each section, with its default as a person would write it; null: it is a list, and its row says what goes without.
    private static IEnumerable<(string Key, string? Default)> AllOptions() =>
    [
        .. Leaves(UpstreamOptions.Section, new UpstreamOptions()), .. Leaves(GatewayOptions.Section, new GatewayOptions()), .. Leaves(AuthOptions.Section, new AuthOptions()),
        .. Leaves("Sessions", new SessionLimits()), .. Leaves("Chat", new ChatLimits()), .. Leaves("Ledger", new LedgerOptions()),
    ];

    private static IEnumerable<(string Key, string? Default)> Leaves(string section, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = $"{section}:{property.Name}";
            var value = property.GetValue(options);
            if (property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
            {
                foreach (var leaf in Leaves(key, value!)) yield return leaf;
            }
            else if (value is IEnumerable and not string) yield return (key, null);
            else yield return (key, Written(value));
        }
    }

    private static string Written(object? value) => value switch
    {
        null or "" => "none",
        TimeSpan { Milliseconds: > 0 } time => time.ToString(@"hh\:mm\:ss\.FFF", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)(#[^)]*)?\)")]
    private static partial Regex Link { get; }
}
