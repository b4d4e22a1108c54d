using Microsoft.Extensions.Configuration;

namespace Akool.Sandbox;

/// <summary>The gateway's configuration in the sandbox. It stands over files and environment, and what the command line says stands over it.</summary>
internal static class SandboxSettings
{
    // The gateway takes one of them alone.
    private static readonly string[][] Credentials = [["Akool:Token"], ["Akool:TokenFile"], ["Akool:ClientId", "Akool:ClientSecret"]];

    public static IEnumerable<KeyValuePair<string, string?>> For(Uri akool, string token, DirectoryInfo folder, string[] args)
    {
        var said = new ConfigurationBuilder().AddCommandLine(args).Build();
        var settings = new Dictionary<string, string?>
        {
            ["Akool:BaseUrl"] = akool.ToString(),
            // The conversation is there to be read; one line for each thing it does would stand between.
            ["Logging:LogLevel:Default"] = "Warning",
        };
        // The folder goes with the sandbox and its AKOOL. Of another one the gateway's own ledger knows at the next start what is still to be closed.
        if (said["Akool:BaseUrl"] is null) settings["Ledger:ConnectionString"] = $"Data Source={Path.Combine(folder.FullName, "ledger.db")}";
        foreach (var key in settings.Keys.Where(key => said[key] is not null).ToList()) settings.Remove(key);

        var silent = Credentials.Where(way => way.All(key => said[key] is null)).ToList();
        foreach (var key in silent.SelectMany(way => way)) settings[key] = "";
        if (silent.Count == Credentials.Length) settings["Akool:Token"] = token;
        return settings;
    }
}
