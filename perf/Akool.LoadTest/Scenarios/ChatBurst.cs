using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Twenty answers to every turn, as a long sentence spoken in pieces; a turn a second in each session.</summary>
internal static class ChatBurst
{
    private const int Answers = 20;

    public static ScenarioProps[] Build(LoadContext load)
    {
        var pool = new SessionPool(load.Gateway);
        return
        [
            Scenario.Create("chat-burst", async context =>
                {
                    OpenTurn? turn = null;
                    var answered = await Measured.StepAsync("first answer", context, async () => await (turn = await pool.Next().SayAsync(LoadContext.Text)).FirstAnswer);
                    return answered.IsError ? answered : await Measured.StepAsync("all answers", context, () => turn!.Ended);
                })
                .WithInit(async _ =>
                {
                    await pool.OpenAsync(load.Shape.Sessions);
                    await load.ScriptAsync(new { kind = "flood", frames = Answers, framesPerSecond = 10_000, count = 0 });
                })
                .WithClean(async _ =>
                {
                    await load.ClearScriptAsync();
                    await pool.CloseAsync();
                })
                .WithWarmUpDuration(load.Shape.During / 4)
                .WithLoadSimulations(Simulation.Inject(rate: load.Shape.RateOr(load.Shape.Sessions / 2), interval: TimeSpan.FromSeconds(1), during: load.Shape.During))
                .MustHold(load.Shape, "first answer"),
        ];
    }
}
