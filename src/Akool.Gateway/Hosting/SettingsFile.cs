using Microsoft.Extensions.Configuration.Json;

namespace Akool.Gateway.Hosting;

/// <summary>
/// A settings file that can be read again while the gateway runs. What was read last counts until the file holds something else that can be read: one that
/// is broken, gone for a moment, or not to be opened changes nothing.
/// </summary>
internal sealed class SettingsFile(string path, bool isOptional) : JsonStreamConfigurationProvider(new()), IConfigurationSource
{
    private byte[]? _content; // as it counts
    private string? _fault;   // told last

    public string Path { get; } = path;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Reads it as the start does.</summary>
    /// <exception cref="InvalidDataException">It cannot be read; the message names the file.</exception>
    public override void Load()
    {
        if (isOptional && !File.Exists(Path)) return;
        if (Look() is { } fault) throw new InvalidDataException($"Failed to load configuration from file '{Path}'. {fault}");
    }

    /// <summary>Reads it again. Gives why it cannot be read, or why what it says cannot be used, once for each cause; null: nothing new is wrong with it. Never throws.</summary>
    public string? Look()
    {
        try
        {
            var content = File.ReadAllBytes(Path);
            if (!content.AsSpan().SequenceEqual(_content))
            {
                using var stream = new MemoryStream(content);
                Load(stream);
                _content = content; // before those who follow: what one of them cannot take, none is told again at each look
                OnReload();
            }
            _fault = null;
            return null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException && isOptional && _content is null)
        {
            return null; // it never was there
        }
        catch (Exception unreadable)
        {
            // Of whoever follows the settings too: a value that one of them cannot take must not end the process, and the next look is a timer's.
            var fault = unreadable.GetBaseException().Message;
            if (fault == _fault) return null;
            return _fault = fault;
        }
    }
}
