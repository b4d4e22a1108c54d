using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Streams that are cut with a turn running and come back at once: nothing may be missing that was not said to be.</summary>
internal static class ReconnectStorm
{
    public static ScenarioProps[] Build(LoadContext load)
    {
        var pool = new SessionPool(load.Gateway);
        return
        [
            load.Scenario("reconnect-storm", async context =>
                {
                    // A copy keeps the session that it took first.
                    if (!context.ScenarioInstanceData.TryGetValue("held", out var kept)) context.ScenarioInstanceData["held"] = kept = new Held(pool.Take());
                    return await CutAndResumeAsync(load, context, (Held)kept);
                })
                .WithInit(_ => pool.OpenAsync(load.Shape.Sessions))
                .WithClean(_ => pool.CloseAsync())
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.KeepConstant(copies: load.Shape.Sessions, during: load.Shape.During))
                .MustHold(load.Shape, "resume"),
        ];
    }

    private static async Task<IResponse> CutAndResumeAsync(LoadContext load, IScenarioContext context, Held held)
    {
        // What failed may have left a stream that is of no use: the next round begins with a new one.
        var renewed = held.Stream is not null ? Response.Ok() : await Measured.StepAsync("attach anew", context, async () =>
            held.Stream = await ChatStream.AttachAsync(load.Gateway, new Attach { Session = held.Session }, CancellationToken.None));
        if (renewed.IsError) return renewed;
        var stream = held.Stream!;
        held.Stream = null;

        OpenTurn? turn = null;
        var said = await Measured.StepAsync("say", context, async () => turn = await stream.SayAsync(LoadContext.Text));
        await stream.CutAsync();
        if (said.IsError) return said;

        ChatStream? resumed = null;
        var ended = await Measured.StepAsync("resume", context, async () =>
        {
            var attach = new Attach { Session = held.Session, ResumeFrom = stream.ResumePoint.Clone() };
            resumed = await ChatStream.AttachAsync(load.Gateway, attach, CancellationToken.None, continues: stream);
            if (resumed.Outcome != ResumeOutcome.Resumed) throw new ContractViolationException($"a resume inside its window was {resumed.Outcome}");
        });
        if (!ended.IsError) ended = await Measured.StepAsync("outcome", context, () => OutcomeAsync(load, resumed!, turn!));
        if (!ended.IsError) held.Stream = resumed;
        else if (resumed is not null) await resumed.DisposeAsync();
        return ended;
    }

    // The turn may not have reached the gateway before the cut: the client says it again, and the gateway knows it where it had.
    private static async Task OutcomeAsync(LoadContext load, ChatStream stream, OpenTurn turn)
    {
        await stream.SayAgainAsync(turn, LoadContext.Text);
        await turn.CompletedAsync(load.Answers);
    }

    private sealed class Held((Session Session, ChatStream Stream) taken)
    {
        public string Session { get; } = taken.Session.Name;

        public ChatStream? Stream { get; set; } = taken.Stream;
    }
}
