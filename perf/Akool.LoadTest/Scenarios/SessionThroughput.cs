using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>The figure: sessions that are created, attached, talked with and closed, as many at once as the shape says.</summary>
internal static class SessionThroughput
{
    public static ScenarioProps[] Build(LoadContext load) =>
    [
        Scenario.Create("session-throughput", context => SessionLife.RunAsync(load, context))
            .WithWarmUpDuration(load.Shape.During / 4)
            .WithLoadSimulations(
                Simulation.RampingConstant(copies: load.Shape.Sessions, during: load.Shape.During / 4),
                Simulation.KeepConstant(copies: load.Shape.Sessions, during: load.Shape.During))
            .MustHold(load.Shape, "turn"),
    ];
}
