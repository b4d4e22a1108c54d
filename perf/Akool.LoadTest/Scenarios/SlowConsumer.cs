using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Clients that never read, each flooded with answers, beside sessions that chat steadily: the others do not notice, the slow are told what they missed.</summary>
internal static class SlowConsumer
{
    private const int Flood = 20_000; // of about 100 bytes: over the windows and the outbox on the way
    private const int Answers = Flood + 1; // of the emulator's two answers to a turn the flood is made of one
    private static readonly TimeSpan Deaf = TimeSpan.FromSeconds(3);

    public static ScenarioProps[] Build(LoadContext load) => [Others(load), Slow(load)];

    private static ScenarioProps Others(LoadContext load)
    {
        var pool = new SessionPool(load.Gateway);
        return load.Scenario("others", async context =>
            {
                OpenTurn? turn = null;
                var answered = await Measured.StepAsync("first answer", context, async () => await (turn = await pool.Next().SayAsync(LoadContext.Text)).FirstAnswer);
                return answered.IsError ? answered : await Measured.StepAsync("outcome", context, () => turn!.CompletedAsync(load.Answers));
            })
            .WithInit(_ => pool.OpenAsync(load.Shape.Sessions))
            .WithClean(_ => pool.CloseAsync())
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During))
            .MustHold(load.Shape, "first answer");
    }

    private static ScenarioProps Slow(LoadContext load) =>
        load.Scenario("slow", async context =>
            {
                // One copy of each kind, so that a short run has both.
                var policy = context.ScenarioInfo.InstanceNumber % 2 == 0 ? SlowConsumerPolicy.Disconnect : SlowConsumerPolicy.DropAnswers;
                return await Measured.StepAsync($"{policy} is told", context, () => BeDeafAsync(load, policy));
            })
            .WithClean(_ => load.ClearScriptAsync())
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.KeepConstant(copies: 2, during: load.Shape.During))
            .MustHold(load.Shape with { MaxP99Ms = 0 }, "");

    private static async Task BeDeafAsync(LoadContext load, SlowConsumerPolicy policy)
    {
        var session = await load.Gateway.CreateAsync(CancellationToken.None);
        try
        {
            await load.ScriptAsync(new { kind = "flood", frames = Flood, framesPerSecond = 20_000, session = session.UpstreamSessionId });
            await using var stream = await ChatStream.AttachAsync(load.Gateway, new Attach { Session = session.Name, SlowConsumerPolicy = policy }, CancellationToken.None, read: false);
            await stream.SayAsync(LoadContext.Text);
            await Task.Delay(Deaf, TimeProvider.System);
            if ((await stream.ReadLateAsync()).WrongUnder(policy, Answers) is { } wrong) throw new ContractViolationException(wrong);
        }
        finally
        {
            await load.Gateway.CloseAsync(session.Name, CancellationToken.None);
        }
    }
}
