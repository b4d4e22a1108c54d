using System.CommandLine;
using Akool.Bench.Measures;
using Akool.Bench.Micro;
using Akool.Bench.Report;
using Akool.Bench.Roles;

namespace Akool.Bench;

/// <summary>The command line.</summary>
internal static class BenchCommand
{
    private static readonly (string Verb, string What, Func<BenchOptions, BenchLog, CancellationToken, Task> Run)[] Measures =
    [
        ("turns", "P1-P4, P8: CPU and bytes a round trip against the bare floors", TurnsMeasure.RunAsync),
        ("opens", "P7: storm of create + attach", OpensMeasure.RunAsync),
        ("idle", "P5, P6: memory and CPU of idle sessions", IdleMeasure.RunAsync),
        ("latency", "P9: open loop at 30 % and 60 % of saturation", LatencyMeasure.RunAsync),
        ("slow", "P10: one client stops reading", SlowReaderMeasure.RunAsync),
        ("churn", "P11: sessions come and go", ChurnMeasure.RunAsync),
        ("start", "P12: start to first answered turn", StartMeasure.RunAsync),
    ];

    public static RootCommand Create()
    {
        var root = new RootCommand("What the gateway costs, by ratio to a bare gRPC echo (B1) and a bare websocket echo (B2). Run it in Release on a quiet machine.");
        var options = new MeasureOptions();
        foreach (var (verb, what, run) in Measures) root.Subcommands.Add(Command(verb, what, options, run));
        root.Subcommands.Add(Command("all", "every measure, one after the other", options, AllAsync));
        root.Subcommands.Add(MicroCommand.Create());
        root.Subcommands.Add(SelfCheckCommand());
        root.Subcommands.Add(Role());
        return root;
    }

    private static Command Command(string verb, string what, MeasureOptions options, Func<BenchOptions, BenchLog, CancellationToken, Task> run)
    {
        var command = new Command(verb, what);
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var log = new BenchLog(Console.Out);
            var bench = options.Read(parsed);
            var commit = BenchResult.CommitHere();
            await run(bench, log, cancellation);
            var result = BenchResult.Of(commit, bench, log.Figures, log.Notes);
            Console.WriteLine($"\n{FigureTable.Of(result)}");
            if (parsed.GetValue(options.Json) is { } path) result.Save(path);
            if (parsed.GetValue(options.Gate) is not { } baseline) return 0;
            var failures = Gate.Failures(BenchResult.Read(baseline).Figures, log.Figures);
            foreach (var failure in failures) Console.WriteLine($"GATE: {failure}");
            return failures.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command SelfCheckCommand()
    {
        var command = new Command("self-check", "whether the bench tells the truth: a known service time, a stall, a gateway made slower on purpose");
        command.SetAction((_, cancellation) => SelfCheck.RunAsync(Console.Out, cancellation));
        return command;
    }

    private static async Task AllAsync(BenchOptions options, BenchLog log, CancellationToken cancellation)
    {
        foreach (var (verb, what, run) in Measures)
        {
            log.Say($"\n-- {verb}: {what}");
            await run(options, log, cancellation);
        }
    }

    // The bench holds the other end of standard input: it closes however the bench ends.
    private static async Task EndWithParentAsync(CancellationTokenSource parent)
    {
        await using var input = Console.OpenStandardInput();
        while (await input.ReadAsync(new byte[1]) > 0)
        {
        }

        await parent.CancelAsync();
    }

    private static Command Role()
    {
        var role = new Argument<string>("role");
        var (port, operations) = (new Option<int>("--port"), new Option<int>("--operations-port"));
        var (upstream, ended) = (new Option<string>("--upstream"), new Option<bool>("--answer-ended"));
        var (burn, stall) = (new Option<int>("--burn-us"), new Option<int>("--stall-ms"));
        var command = new Command("role", "one of the bench's own processes") { role, port, operations, upstream, burn, stall, ended };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            using var parent = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var gone = EndWithParentAsync(parent);
            await RoleServer.RunAsync(new(parsed.GetRequiredValue(role), parsed.GetValue(port), parsed.GetValue(operations), parsed.GetValue(upstream) ?? "",
                parsed.GetValue(burn), parsed.GetValue(stall), parsed.GetValue(ended)), parent.Token);
            await gone;
        });
        return command;
    }
}
