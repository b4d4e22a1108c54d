using System.CommandLine;
using Akool.LoadTest.Scenarios;

namespace Akool.LoadTest;

/// <summary>The command line.</summary>
internal static class LoadTestCommand
{
    public static RootCommand Create()
    {
        var options = new LoadTestOptions();
        var root = new RootCommand("""
            Load scenarios against a gateway, written for NBomber. Without --gateway it starts a gateway and the emulator itself, as two processes.
            Reports (HTML, Markdown, CSV) go to perf/results/load/. A threshold that does not hold, or a session left open at AKOOL, is exit code 1.
              quick                                        everything, small, in under three minutes
              session-throughput --sessions 400            throughput and latency over concurrent sessions, with an SVG plot
              chat-steady --sessions 1000 --max-p99 20     1000 turns/s, open loop
              soak --seconds 600 --seed 7                  ten minutes under faults
            """);
        foreach (var scenario in ScenarioCatalog.All) root.Subcommands.Add(Command(scenario.Name, scenario.What, options, [scenario], options.Read));
        root.Subcommands.Add(Command("all", "every scenario, at the size that is given", options, ScenarioCatalog.All, options.Read));
        root.Subcommands.Add(Command("quick", "every scenario, small: under three minutes in all", options, ScenarioCatalog.All,
            parsed => options.Read(parsed) with { Shape = options.Read(parsed).Shape with { Sessions = 40, During = TimeSpan.FromSeconds(4), Turns = 5 } }));
        return root;
    }

    private static Command Command(string name, string what, LoadTestOptions options, IReadOnlyList<LoadScenario> scenarios, Func<ParseResult, LoadTestPlan> read)
    {
        var command = new Command(name, what);
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => LoadTestRun.RunAsync(read(parsed), scenarios, cancellation));
        return command;
    }
}
