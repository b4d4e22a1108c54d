using System.ComponentModel;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Hosting;

/// <summary>A section of the configuration that must be right before the gateway starts.</summary>
internal interface IConfiguredSection
{
    /// <summary>Every fault of the section, with the key at fault; empty: it may be used.</summary>
    IReadOnlyList<string> Faults();
}

/// <summary>The section that <typeparamref name="TOptions"/> is bound from.</summary>
internal sealed class ConfiguredSection<TOptions>(string section, IConfiguration configuration, IOptions<TOptions> options) : IConfiguredSection
    where TOptions : class
{
    public IReadOnlyList<string> Faults()
    {
        try
        {
            _ = options.Value;
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            // Some rules name their section themselves.
            return [.. invalid.Failures.Select(failure => failure.StartsWith($"{section}:", StringComparison.Ordinal) ? failure : $"{section}:{failure}")];
        }
        catch (InvalidOperationException unreadable)
        {
            // The binder stops at the first value that it cannot read; whoever mends the file wants to hear of all.
            var faults = UnreadableValues().ToList();
            return faults.Count > 0 ? faults : [$"{section}: {unreadable.Message}"];
        }
    }

    private IEnumerable<string> UnreadableValues()
    {
        foreach (var property in typeof(TOptions).GetProperties())
        {
            var converter = TypeDescriptor.GetConverter(property.PropertyType);
            if (configuration.GetSection(section)[property.Name] is not { } value || !converter.CanConvertFrom(typeof(string))) continue;
            if (!CanRead(converter, value)) yield return $"{section}:{property.Name}: '{value}' is not a value of type {property.PropertyType.Name}";
        }
    }

    private static bool CanRead(TypeConverter converter, string value)
    {
        try
        {
            return converter.ConvertFromInvariantString(value) is not null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }
}

/// <summary>Registers sections.</summary>
internal static class ConfiguredSectionRegistration
{
    /// <summary>Binds <typeparamref name="TOptions"/> to a section, and has its faults named with all others before the start.</summary>
    public static IServiceCollection AddSection<TOptions>(this IServiceCollection services, string section) where TOptions : class
    {
        services.AddOptions<TOptions>().BindConfiguration(section);
        return services.AddSectionCheck<TOptions>(section);
    }

    /// <summary>For options that their own room binds: only has their faults named with all others.</summary>
    public static IServiceCollection AddSectionCheck<TOptions>(this IServiceCollection services, string section) where TOptions : class =>
        services.AddSingleton<IConfiguredSection>(provider => new ConfiguredSection<TOptions>(
            section, provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<IOptions<TOptions>>()));
}
