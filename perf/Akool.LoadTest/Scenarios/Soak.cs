using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Sessions come and go for a long time under random faults from a printed seed. Turns may be lost and told so; nothing may hang, lie or leak.</summary>
internal static class Soak
{
    public static ScenarioProps[] Build(LoadContext load) =>
    [
        Scenario.Create("soak", context => SessionLife.RunAsync(load, context))
            .WithInit(_ =>
            {
                Console.WriteLine($"soak: seed {load.Shape.Seed}");
                return load.ScriptAsync(Faults(new Random(load.Shape.Seed)));
            })
            .WithClean(_ => load.ClearScriptAsync())
            .WithoutWarmUp()
            .WithLoadSimulations(
                Simulation.RampingConstant(copies: load.Shape.Sessions, during: load.Shape.During / 10),
                Simulation.KeepConstant(copies: load.Shape.Sessions, during: load.Shape.During))
            .MustStayTrue(),
    ];

    /// <summary>Every kind, for ever, each with a small chance of its own.</summary>
    private static object[] Faults(Random dice)
    {
        double Chance() => 0.0005 + dice.NextDouble() * 0.002;
        return
        [
            new { kind = "dropSocket", count = 0, after = 1 + dice.Next(5), probability = Chance() },
            new { kind = "closeSocket", code = 1001, count = 0, after = 1 + dice.Next(5), probability = Chance() },
            new { kind = "refuseHandshake", status = 503, count = 0, probability = Chance() },
            new { kind = "loseAnswer", count = 0, probability = Chance() },
            new { kind = "duplicate", count = 0, probability = Chance() },
            new { kind = "foreignId", count = 0, probability = Chance() },
            new { kind = "corrupt", count = 0, probability = Chance() },
            new { kind = "unknownType", count = 0, probability = Chance() },
            new { kind = "httpStatus", operation = "createSession", status = 503, count = 0, probability = Chance() * 5 },
            new { kind = "httpStatus", operation = "closeSession", status = 500, count = 0, probability = Chance() * 5 },
        ];
    }
}
