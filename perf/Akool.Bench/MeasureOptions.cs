using System.CommandLine;

namespace Akool.Bench;

/// <summary>Options that every measure has.</summary>
internal sealed class MeasureOptions
{
    private static readonly BenchOptions Default = new();

    private readonly Option<string?> _gateway = new("--gateway") { Description = "The built Akool.Gateway.dll. Default: this repository's Release build." };
    private readonly Option<string?> _against = new("--against") { Description = "Another built Akool.Gateway.dll, measured in the same rounds of turns: what a change saved or cost, by ratio." };
    private readonly Option<bool> _bridge = new("--bridge") { Description = "Measure the bench's own bridge instead: a stream, a socket, JSON between, no promises." };
    private readonly Option<int> _burn = new("--burn-us") { Description = "With --bridge: CPU burnt for each turn, to see that the gate notices." };
    private readonly Option<int> _repetitions = Number("--repetitions", Default.Repetitions, "Interleaved rounds that count.");
    private readonly Option<int> _window = Number("--window", Default.WindowRoundTrips, "Round trips in a window.");
    private readonly Option<int> _warmUp = Number("--warm-up", (int)Default.WarmUp.TotalSeconds, "Least seconds of load before the first window.");
    private readonly Option<int> _idle = Number("--idle-sessions", Default.IdleSessions, "Idle sessions.");
    private readonly Option<int> _opens = Number("--opens", Default.Opens, "Opens in a storm.");
    private readonly Option<int> _sessions = Number("--latency-sessions", Default.LatencySessions, "Sessions of the open loop.");
    private readonly Option<int> _seconds = Number("--seconds", (int)Default.Window.TotalSeconds, "Length of an open-loop window.");
    private readonly Option<int> _rest = Number("--rest", (int)Default.Rest.TotalSeconds, "Seconds over which CPU at rest is measured.");
    private readonly Option<int> _churn = Number("--churn-seconds", (int)Default.Churn.TotalSeconds, "Length of the churn.");
    private readonly Option<bool> _workstationGc = new("--workstation-gc") { Description = "Workstation GC in every process under test, instead of the server GC that the gateway ships with." };
    private readonly Option<bool> _ended = new("--answer-ended") { Description = "The upstream marks the end of each answer." };
    private readonly Option<bool> _untraced = new("--no-tracing") { Description = "Leave out P2 and P3." };

    public Option<string?> Json { get; } = new("--json") { Description = "Write the result here, for example perf/results/bench.json." };

    public Option<string?> Gate { get; } = new("--gate") { Description = "Fail (exit code 1) where ratios of CPU or bytes are worse than in this result, or miss their must." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _gateway, _against, _bridge, _burn, _repetitions, _window, _warmUp, _idle, _opens, _sessions, _seconds, _rest, _churn, _workstationGc, _ended, _untraced, Json, Gate })
            command.Options.Add(option);
    }

    public BenchOptions Read(ParseResult parsed) => new()
    {
        GatewayDll = parsed.GetValue(_bridge) ? null : parsed.GetValue(_gateway) ?? BuiltGateway(),
        AgainstDll = parsed.GetValue(_against),
        BurnMicroseconds = parsed.GetValue(_burn),
        Repetitions = parsed.GetValue(_repetitions),
        WindowRoundTrips = parsed.GetValue(_window),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(_warmUp)),
        IdleSessions = parsed.GetValue(_idle),
        Opens = parsed.GetValue(_opens),
        LatencySessions = parsed.GetValue(_sessions),
        Window = TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
        Rest = TimeSpan.FromSeconds(parsed.GetValue(_rest)),
        Churn = TimeSpan.FromSeconds(parsed.GetValue(_churn)),
        WorkstationGc = parsed.GetValue(_workstationGc),
        MarkAnswerEnd = parsed.GetValue(_ended),
        Traced = !parsed.GetValue(_untraced),
    };

    private static string BuiltGateway()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "src/Akool.Gateway/bin/Release/net10.0/Akool.Gateway.dll");
            if (File.Exists(built)) return built;
        }

        throw new FileNotFoundException("no Release build of src/Akool.Gateway; build it, or say --gateway PATH or --bridge");
    }

    private static Option<int> Number(string name, int value, string description) =>
        new(name) { Description = $"{description} Default {value}.", DefaultValueFactory = _ => value };
}
