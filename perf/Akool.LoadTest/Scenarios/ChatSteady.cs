using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Sessions held open, a turn a second in each, in an open loop.</summary>
internal static class ChatSteady
{
    public static ScenarioProps[] Build(LoadContext load)
    {
        var pool = new SessionPool(load.Gateway);
        return
        [
            load.Scenario("chat-steady", async context =>
                {
                    OpenTurn? turn = null;
                    var answered = await Measured.StepAsync("first answer", context, async () => await (turn = await pool.Next().SayAsync(LoadContext.Text)).FirstAnswer);
                    return answered.IsError ? answered : await Measured.StepAsync("outcome", context, () => turn!.CompletedAsync(load.Answers));
                })
                .WithInit(_ => pool.OpenAsync(load.Shape.Sessions))
                .WithClean(_ => pool.CloseAsync())
                .WithWarmUpDuration(load.Shape.During / 4)
                .WithLoadSimulations(Simulation.Inject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During))
                .MustHold(load.Shape, "first answer"),
        ];
    }
}
