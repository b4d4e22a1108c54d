using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>What a day looks like, at once: held sessions that chat, sessions that come and go, a spike of opens in the middle. A rate is the chat's.</summary>
internal static class Mixed
{
    public static ScenarioProps[] Build(LoadContext load)
    {
        var half = load with { Shape = load.Shape with { Sessions = Math.Max(1, load.Shape.Sessions / 2) } };
        return
        [
            .. ChatSteady.Build(half),
            load.Scenario("come and go", context => SessionLife.RunAsync(half, context))
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.InjectRandom(minRate: 1, maxRate: Math.Max(2, half.Shape.Sessions / 5), interval: TimeSpan.FromSeconds(1), during: load.Shape.During))
                .MustHold(half.Shape, "turn"),
            load.Scenario("spike", context => SessionLife.RunAsync(half with { Shape = half.Shape with { Turns = 1 } }, context))
                .WithoutWarmUp()
                .WithLoadSimulations(
                    Simulation.Pause(during: load.Shape.During / 2),
                    Simulation.Inject(rate: half.Shape.Sessions, interval: TimeSpan.FromSeconds(1), during: TimeSpan.FromSeconds(1)))
                .MustHold(half.Shape with { MaxP99Ms = 0 }, "turn"),
        ];
    }
}
