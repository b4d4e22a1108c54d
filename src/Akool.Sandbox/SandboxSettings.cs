namespace Akool.Sandbox;

/// <summary>The gateway's configuration in the sandbox. What the command line says stands over it.</summary>
internal static class SandboxSettings
{
    public static IEnumerable<KeyValuePair<string, string?>> For(Uri akool, string token, DirectoryInfo folder, string[] args)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Akool:BaseUrl"] = akool.ToString(),
            ["Akool:Token"] = token,
            ["Ledger:ConnectionString"] = $"Data Source={Path.Combine(folder.FullName, "ledger.db")}",
            // The conversation is there to be read; one line for each thing it does would stand between.
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (var key in settings.Keys.Where(key => args.Any(arg => arg.StartsWith($"--{key}=", StringComparison.OrdinalIgnoreCase))).ToList()) settings.Remove(key);
        return settings;
    }
}
