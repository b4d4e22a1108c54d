using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Streams that are cut with a turn running and come back at once: nothing may be missing that was not said to be.</summary>
internal static class ReconnectStorm
{
    private const string Held = "stream";

    public static ScenarioProps[] Build(LoadContext load)
    {
        var pool = new SessionPool(load.Gateway);
        return
        [
            Scenario.Create("reconnect-storm", async context =>
                {
                    // A copy keeps the session that it took first.
                    if (!context.Data.TryGetValue(Held, out var held)) context.Data[Held] = held = pool.Take();
                    var (session, stream) = ((Session, ChatStream))held;
                    OpenTurn? turn = null;
                    var said = await Measured.StepAsync("say", context, async () => turn = await stream.SayAsync(LoadContext.Text));
                    if (said.IsError) return said;
                    await stream.CutAsync();
                    var resumed = await Measured.StepAsync("resume", context, async () =>
                    {
                        var attach = new Attach { Session = session.Name, ResumeFrom = stream.ResumePoint.Clone() };
                        stream = await ChatStream.AttachAsync(load.Gateway, attach, CancellationToken.None, continues: stream);
                        context.Data[Held] = (session, stream);
                        if (stream.Outcome != ResumeOutcome.Resumed) throw new ContractViolationException($"a resume inside its window was {stream.Outcome}");
                    });
                    return resumed.IsError ? resumed : await Measured.StepAsync("outcome", context, () => OutcomeAsync(stream, turn!));
                })
                .WithInit(_ => pool.OpenAsync(load.Shape.Sessions))
                .WithClean(_ => pool.CloseAsync())
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.KeepConstant(copies: load.Shape.Sessions, during: load.Shape.During))
                .MustHold(load.Shape, "resume"),
        ];
    }

    // The turn may not have reached the gateway before the cut: the client says it again, and the gateway knows it where it had.
    private static async Task OutcomeAsync(ChatStream stream, OpenTurn turn)
    {
        await stream.SayAgainAsync(turn, LoadContext.Text);
        var outcome = await turn.Ended;
        if (outcome != TurnOutcome.Completed) throw new ContractViolationException($"a turn ended {outcome} though only its stream was cut");
    }
}
