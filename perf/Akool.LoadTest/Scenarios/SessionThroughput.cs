using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>
/// The figure: sessions that are created, attached, talked with and closed, as many at once as the shape says from the first measured second on.
/// A closed loop: its latencies are service times, without the wait of what a slow answer kept from starting.
/// </summary>
internal static class SessionThroughput
{
    public static ScenarioProps[] Build(LoadContext load) =>
    [
        load.Scenario("session-throughput", context => SessionLife.RunAsync(load, context))
            .WithWarmUpDuration(load.Shape.During / 4)
            .WithLoadSimulations(Simulation.KeepConstant(copies: load.Shape.Sessions, during: load.Shape.During))
            .MustHold(load.Shape, "turn"),
    ];
}
