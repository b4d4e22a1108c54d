using System.CommandLine;
using Akool.LoadTest.Scenarios;

namespace Akool.LoadTest;

/// <summary>The command line.</summary>
internal static class LoadTestCommand
{
    private const SizeOptions Every = SizeOptions.Sessions | SizeOptions.Rate | SizeOptions.Seconds | SizeOptions.Turns | SizeOptions.MaxP99 | SizeOptions.Seed;

    public static RootCommand Create()
    {
        var options = new LoadTestOptions();
        var root = new RootCommand("""
            Load scenarios against a gateway, written for NBomber. Without --gateway it starts a gateway and the emulator itself, as two processes.
            Reports (HTML, Markdown, CSV) go to perf/results/load/. Exit code 1: a threshold that does not hold, a breach of the contract, or a session
            left open at AKOOL. The last is looked for in the emulator's ledger, and so only with an emulator of its own or --emulator.
              quick                                        everything, small, in under three minutes
              session-throughput --sessions 400            throughput and latency over concurrent sessions, with an SVG plot
              chat-steady --sessions 1000 --max-p99 20     1000 turns/s, open loop
              soak --seconds 600 --seed 7                  ten minutes under faults
            """);
        foreach (var scenario in ScenarioCatalog.All) root.Subcommands.Add(Command(scenario.Name, scenario.What, options, scenario.Takes, [scenario], options.Read));
        root.Subcommands.Add(Command("all", "every scenario, at the size that is given", options, Every, ScenarioCatalog.All, options.Read));
        root.Subcommands.Add(Command("quick", "every scenario, small: 40 sessions, 4 seconds, 5 turns; under three minutes in all", options, SizeOptions.MaxP99 | SizeOptions.Seed, ScenarioCatalog.All, parsed => Small(options.Read(parsed))));
        return root;
    }

    private static LoadTestPlan Small(LoadTestPlan plan) => plan with { Shape = plan.Shape with { Sessions = 40, During = TimeSpan.FromSeconds(4), Turns = 5 } };

    private static Command Command(string name, string what, LoadTestOptions options, SizeOptions size, IReadOnlyList<LoadScenario> scenarios, Func<ParseResult, LoadTestPlan> read)
    {
        var command = new Command(name, what);
        options.AddTo(command, size, scenarios.Any(scenario => scenario.NeedsEmulator));
        command.SetAction((parsed, cancellation) => LoadTestRun.RunAsync(read(parsed), scenarios, cancellation));
        return command;
    }
}
