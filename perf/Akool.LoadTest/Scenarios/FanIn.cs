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
            Scenario.Create("fan-in", context => AsTask(Measured.StepAsync("first answer", context, async () => await (await pool.Next().SayAsync(LoadContext.Text)).FirstAnswer)))
                .WithInit(_ => pool.OpenAsync(Math.Max(1, load.Shape.Sessions / StreamsEach), StreamsEach))
                .WithClean(async _ =>
                {
                    var seen = pool.Streams.Sum(stream => stream.SeenOfOthers);
                    await pool.CloseAsync();
                    if (seen == 0) throw new ContractViolationException("no observer saw another stream's turn");
                })
                .WithWarmUpDuration(load.Shape.During / 4)
                .WithLoadSimulations(Simulation.Inject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During))
                .MustHold(load.Shape, "first answer"),
        ];
    }

    private static async Task<IResponse> AsTask(Task<Response<object>> step) => await step;
}
