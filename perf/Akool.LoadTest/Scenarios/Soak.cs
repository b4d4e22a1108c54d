using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Sessions come and go for a long time under random faults from a printed seed. Turns may be lost and told so; nothing may hang, lie or leak.</summary>
internal static class Soak
{
    public static ScenarioProps[] Build(LoadContext load) =>
    [
        load.Scenario("soak", context => SessionLife.RunAsync(load, context, underFaults: true))
            .WithInit(_ =>
            {
                Console.WriteLine($"soak: seed {load.Shape.Seed}");
                var faults = Faults(new Random(load.Shape.Seed));
                return load.ScriptAsync([.. faults.Select(fault => fault with { Count = 1 }), .. faults]);
            })
            .WithClean(async _ =>
            {
                TellHappened(load, await load.Emulator!.PendingOnceAsync());
                await load.ClearScriptAsync();
            })
            .WithoutWarmUp()
            .WithMaxFailCount(int.MaxValue) // a share of failures is allowed, however long it runs
            .WithLoadSimulations(
                Simulation.RampingConstant(copies: load.Shape.Sessions, during: load.Shape.During / 10),
                Simulation.KeepConstant(copies: load.Shape.Sessions, during: load.Shape.During))
            .MustStayTrue(),
    ];

    // Each fault is scripted to happen once, too: the emulator's script forgets it when it has. A soak in which nothing went wrong at AKOOL has shown nothing.
    private static void TellHappened(LoadContext load, int pending)
    {
        var kinds = Faults(new Random(load.Shape.Seed)).Length;
        Console.WriteLine($"soak: of {kinds} faults {kinds - pending} happened");
        if (pending == kinds) load.Gateway.Findings.Add("soak: no fault happened");
    }

    /// <summary>Every kind, for ever, each with a small chance of its own.</summary>
    private static SoakFault[] Faults(Random dice)
    {
        double Chance() => 0.0005 + dice.NextDouble() * 0.002;
        return
        [
            new("dropSocket", Chance()) { After = 1 + dice.Next(5) },
            new("closeSocket", Chance()) { After = 1 + dice.Next(5), Code = 1001 },
            new("refuseHandshake", Chance()) { Status = 503 },
            new("loseAnswer", Chance()),
            new("duplicate", Chance()),
            new("foreignId", Chance()),
            new("corrupt", Chance()),
            new("unknownType", Chance()),
            new("httpStatus", Chance() * 5) { Operation = "createSession", Status = 503 },
            new("httpStatus", Chance() * 5) { Operation = "closeSession", Status = 500 },
        ];
    }

    /// <summary>As the emulator's script writes it. A count of 0 is for ever.</summary>
    private sealed record SoakFault(string Kind, double Probability)
    {
        public int Count { get; init; }

        public int After { get; init; }

        public int Code { get; init; }

        public int? Status { get; init; }

        public string? Operation { get; init; }
    }
}
