using System.CommandLine;

namespace Akool.LoadTest;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadTestPlan(Uri? Gateway, Uri? Emulator, string? ApiKey, int Connections, string Results, LoadShape Shape);

/// <summary>Options of size, each of which only some scenarios have.</summary>
[Flags]
internal enum SizeOptions
{
    None = 0,
    Sessions = 1,
    Rate = 2,
    Seconds = 4,
    Turns = 8,
    MaxP99 = 16,
    Seed = 32,
}

/// <summary>The options of all commands.</summary>
internal sealed class LoadTestOptions
{
    private readonly Option<Uri?> _gateway = Address("--gateway", "gRPC address of a running gateway, for example http://127.0.0.1:5400. Default: a gateway and an emulator of its own.");
    private readonly Option<Uri?> _emulator = Address("--emulator", "Address of the emulator behind that gateway, with the settings that it comes with: for faults, answers that are checked by their text, and the leak audit, none of which there is without.");
    private readonly Option<string?> _key = new("--api-key") { Description = "Sent as `authorization: Bearer KEY`." };
    private readonly Option<int> _connections = Number("--connections", 4, "HTTP/2 connections to the gateway.");
    private readonly Option<string?> _results = new("--results") { Description = "Folder of the reports. Default perf/results/load." };
    private readonly Option<int> _sessions = Number("--sessions", 200, "Sessions at once.");
    private readonly Option<int> _rate = new("--rate") { Description = "Starts a second of what is an open loop. Default 0: the scenario's own, by its sessions." };
    private readonly Option<int> _seconds = Number("--seconds", 20, "Length of each measured phase.");
    private readonly Option<int> _turns = Number("--turns", 10, "Turns in a session that comes and goes.");
    private readonly Option<double> _p99 = new("--max-p99") { Description = "Fail where the p99 of the first answer is over this many milliseconds: from the planned start in an open loop, the service time alone in a closed one (session-throughput). Of open-storm the create's, of reconnect-storm the resume's; the soak is not judged. Default 0: none is." };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of the soak's faults. Default: drawn and printed.", DefaultValueFactory = _ => Random.Shared.Next(1, 1_000_000) };

    /// <summary>Gives a command the options that it honours.</summary>
    public void AddTo(Command command, SizeOptions size, bool needsEmulator)
    {
        foreach (var option in new Option[] { _gateway, _emulator, _key, _connections, _results }) command.Options.Add(option);
        foreach (var (flag, option) in new (SizeOptions, Option)[]
        {
            (SizeOptions.Sessions, _sessions), (SizeOptions.Rate, _rate), (SizeOptions.Seconds, _seconds), (SizeOptions.Turns, _turns), (SizeOptions.MaxP99, _p99), (SizeOptions.Seed, _seed),
        })
        {
            if (size.HasFlag(flag)) command.Options.Add(option);
        }

        if (!needsEmulator) return;
        command.Validators.Add(result =>
        {
            if (result.GetValue(_gateway) is not null && result.GetValue(_emulator) is null)
                result.AddError($"{command.Name} has scenarios with faults: name the emulator behind that gateway by --emulator");
        });
    }

    /// <summary>What a command's options say; what it has not is 0.</summary>
    public LoadTestPlan Read(ParseResult parsed) => new(parsed.GetValue(_gateway), parsed.GetValue(_emulator), parsed.GetValue(_key),
        parsed.GetValue(_connections), parsed.GetValue(_results) ?? Path.Combine(Root(), "perf", "results", "load"),
        new(parsed.GetValue(_sessions), parsed.GetValue(_rate), TimeSpan.FromSeconds(parsed.GetValue(_seconds)), parsed.GetValue(_turns), parsed.GetValue(_p99), parsed.GetValue(_seed)));

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Akool.Grpc.sln"))) return folder.FullName;
        return Environment.CurrentDirectory;
    }

    private static Option<Uri?> Address(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address)) return address;
            argument.AddError($"{name} takes an absolute URL");
            return null;
        },
    };

    private static Option<int> Number(string name, int value, string description) =>
        new(name) { Description = $"{description} Default {value}.", DefaultValueFactory = _ => value };
}
