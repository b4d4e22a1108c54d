using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Twenty answers to every turn, as a long sentence spoken in pieces; a turn every other second in each session.</summary>
internal static class ChatBurst
{
    // The emulator makes a flood of each of its answers, two to a turn, and numbers the frames of each from 1.
    private const int FramesEach = 10;
    private static readonly ExpectedAnswers Answers = new(2 * FramesEach, string.Concat(Enumerable.Range(0, 2 * FramesEach).Select(i => $"{i % FramesEach + 1} ")));

    public static ScenarioProps[] Build(LoadContext load)
    {
        var pool = new SessionPool(load.Gateway);
        return
        [
            load.Scenario("chat-burst", async context =>
                {
                    OpenTurn? turn = null;
                    var answered = await Measured.StepAsync("first answer", context, async () => await (turn = await pool.Next().SayAsync(LoadContext.Text)).FirstAnswer);
                    return answered.IsError ? answered : await Measured.StepAsync("all answers", context, () => turn!.CompletedAsync(Answers));
                })
                .WithInit(async _ =>
                {
                    await pool.OpenAsync(load.Shape.Sessions);
                    await load.ScriptAsync(new { kind = "flood", frames = FramesEach, framesPerSecond = 10_000, count = 0 });
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
