using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Eight streams on each session, all talking, the last of them watching every turn: one socket carries them all.</summary>
internal static class FanIn
{
    private const int StreamsEach = 8;

    public static ScenarioProps[] Build(LoadContext load)
    {
        var pool = new SessionPool(load.Gateway);
        return
        [
            load.Scenario("fan-in", async context =>
                {
                    var stream = pool.Next();
                    OpenTurn? turn = null;
                    var answered = await Measured.StepAsync("first answer", context, async () => await (turn = await stream.SayAsync(LoadContext.Text)).FirstAnswer);
                    if (answered.IsError) return answered;
                    var ended = await Measured.StepAsync("outcome", context, () => turn!.CompletedAsync(load.Answers));
                    var observer = pool.ObserverOf(stream);
                    if (ended.IsError || observer == stream) return ended;
                    return await Measured.StepAsync("seen by observer", context, async () => await (await observer.SeesAsync(turn!.Id)).CompletedAsync(load.Answers));
                })
                .WithInit(_ => pool.OpenAsync(Math.Max(1, load.Shape.Sessions / StreamsEach), StreamsEach))
                .WithClean(_ => pool.CloseAsync())
                .WithWarmUpDuration(load.Shape.During / 4)
                .WithLoadSimulations(Simulation.Inject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During))
                .MustHold(load.Shape, "first answer"),
        ];
    }
}
