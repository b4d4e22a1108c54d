using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Clients that never read, each flooded with answers, beside sessions that chat steadily: the others do not notice, the slow are told what they missed.</summary>
internal static class SlowConsumer
{
    private const int Flood = 20_000; // of about 100 bytes: over the windows and the outbox on the way
    private static readonly TimeSpan Deaf = TimeSpan.FromSeconds(3);

    public static ScenarioProps[] Build(LoadContext load) => load.Emulator is null ? Others(load) : [.. Others(load), Slow(load)];

    private static ScenarioProps[] Others(LoadContext load)
    {
        var pool = new SessionPool(load.Gateway);
        return
        [
            Scenario.Create("others", async context => await Measured.StepAsync("first answer", context, async () => await (await pool.Next().SayAsync(LoadContext.Text)).FirstAnswer))
                .WithInit(_ => pool.OpenAsync(load.Shape.Sessions))
                .WithClean(_ => pool.CloseAsync())
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.Inject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During))
                .MustHold(load.Shape, "first answer"),
        ];
    }

    private static ScenarioProps Slow(LoadContext load) =>
        Scenario.Create("slow", async context =>
            {
                var policy = context.InvocationNumber % 2 == 0 ? SlowConsumerPolicy.Disconnect : SlowConsumerPolicy.DropAnswers;
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
            if (!await stream.ReadLateAsync()) throw new ContractViolationException($"{Flood} answers to a deaf client, and neither Gap nor SLOW_CONSUMER");
        }
        finally
        {
            await load.Gateway.CloseAsync(session.Name, CancellationToken.None);
        }
    }
}
