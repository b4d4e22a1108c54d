using System.CommandLine;

namespace Akool.LoadTest;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadTestPlan(Uri? Gateway, Uri? Emulator, string? ApiKey, int Connections, string Results, LoadShape Shape);

/// <summary>Options that every scenario has.</summary>
internal sealed class LoadTestOptions
{
    private readonly Option<Uri?> _gateway = Address("--gateway", "gRPC address of a running gateway, for example http://127.0.0.1:5400. Default: a gateway and an emulator of its own.");
    private readonly Option<Uri?> _emulator = Address("--emulator", "Address of the emulator behind that gateway: for faults and the leak audit.");
    private readonly Option<string?> _key = new("--api-key") { Description = "Sent as `authorization: Bearer KEY`." };
    private readonly Option<int> _connections = Number("--connections", 4, "HTTP/2 connections to the gateway.");
    private readonly Option<string?> _results = new("--results") { Description = "Folder of the reports. Default perf/results/load." };
    private readonly Option<int> _sessions = Number("--sessions", 200, "Sessions at once.");
    private readonly Option<int> _rate = Number("--rate", 0, "Starts a second of open-loop scenarios; 0: the scenario's own.");
    private readonly Option<int> _seconds = Number("--seconds", 20, "Length of each measured phase.");
    private readonly Option<int> _turns = Number("--turns", 10, "Turns in a session that comes and goes.");
    private readonly Option<double> _p99 = new("--max-p99") { Description = "Fail where the answers' p99 is over this many milliseconds; 0: not judged. Default 0." };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of the soak's faults. Default: drawn and printed.", DefaultValueFactory = _ => Random.Shared.Next(1, 1_000_000) };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _gateway, _emulator, _key, _connections, _results, _sessions, _rate, _seconds, _turns, _p99, _seed })
            command.Options.Add(option);
    }

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
