using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>One session from create to close, a step for each part: shared by the scenarios in which sessions come and go.</summary>
internal static class SessionLife
{
    /// <param name="load">What to work with.</param>
    /// <param name="context">The invocation.</param>
    /// <param name="underFaults">A turn may end in any way, if it is told to; otherwise it must be COMPLETED with what AKOOL said.</param>
    public static async Task<IResponse> RunAsync(LoadContext load, IScenarioContext context, bool underFaults = false)
    {
        Session? session = null;
        var created = await Measured.StepAsync("create", context, async () => session = await load.Gateway.CreateAsync(context.ScenarioCancellationToken));
        if (created.IsError) return created;
        var talked = await TalkAsync(load, context, session!.Name, underFaults);
        var closed = await Measured.StepAsync("close", context, () => load.Gateway.CloseAsync(session.Name, CancellationToken.None));
        return talked.IsError ? talked : closed;
    }

    private static async Task<Response<object>> TalkAsync(LoadContext load, IScenarioContext context, string session, bool underFaults)
    {
        ChatStream? stream = null;
        var attached = await Measured.StepAsync("attach", context,
            async () => stream = await ChatStream.AttachAsync(load.Gateway, new Attach { Session = session }, CancellationToken.None));
        if (attached.IsError) return attached;
        await using var _ = stream;
        var failed = Response.Ok();
        var said = new List<OpenTurn>();
        for (var i = 0; i < load.Shape.Turns; i++)
        {
            var answered = await Measured.StepAsync("turn", context, async () =>
            {
                var turn = await stream!.SayAsync(LoadContext.Text);
                said.Add(turn);
                await turn.FirstAnswer;
            });
            if (answered.IsError) failed = answered;
        }

        // Half-close: the stream ends once every turn has its outcome, which is the quiet period after the last answer.
        var ended = await Measured.StepAsync("outcomes", context, async () =>
        {
            await stream!.CompleteAsync();
            if (underFaults) return;
            foreach (var turn in said) await turn.CompletedAsync(load.Answers);
        });
        return ended.IsError ? ended : failed;
    }
}
