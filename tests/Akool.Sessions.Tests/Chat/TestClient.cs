using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;

#pragma warning disable VSTHRD002 // only tasks that are done are asked for their result

namespace Akool.Sessions.Tests.Chat;

/// <summary>A client on one call of a chat stream.</summary>
internal sealed class TestClient(ChatWorld world)
{
    public RecordingSink Sink { get; } = new();

    public ChatAttachment Call { get; private set; } = null!;

    public IReadOnlyList<ChatEvent> Events => Sink.Events;

    /// <summary>What it was told, in short, without the attached.</summary>
    public IEnumerable<string> Told => Sink.Events.Where(told => told is not AttachedEvent).Select(Short);

    public AttachedEvent Attached => (AttachedEvent)Sink.Events[0];

    /// <summary>Where to go on after all that was told so far.</summary>
    public ResumePoint Point => Attached.ResumePoint with { Sequence = Math.Max(Attached.ResumePoint.Sequence, Sink.Events.Max(told => told.Sequence)) };

    /// <summary>How the stream ended: "open", "ok", or the error's code.</summary>
    public string End => !Call.Completion.IsCompleted ? "open" : Call.Completion.GetAwaiter().GetResult()?.Code.ToString() ?? "ok";

    /// <summary>The last part that was given to the stream; done when it took it.</summary>
    public Task Submitted { get; private set; } = Task.CompletedTask;

    public void Attach(ChatAttach attach) => Call = world.Hub.Attach(attach, Sink).Value;

    /// <summary>Says a turn of one part; its text is its id unless told.</summary>
    public void Say(string turn, string? text = null, TurnPolicy policy = TurnPolicy.Send, TurnSettings? settings = null, TimeSpan? timeout = null) =>
        Part(turn, 0, text ?? turn, more: false, policy, settings, timeout);

    public void Part(
        string turn, int index, string text, bool more = true, TurnPolicy policy = TurnPolicy.Send, TurnSettings? settings = null, TimeSpan? timeout = null)
    {
        Submitted = Call.SubmitAsync(new(turn, text, more, index, settings ?? TurnSettings.Empty, policy, timeout)).AsTask();
        world.Settle();
    }

    public void Interrupt(string turn)
    {
        Call.Interrupt(turn);
        world.Settle();
    }

    public void HalfClose()
    {
        Call.CompleteInput();
        world.Settle();
    }

    public void Leave()
    {
        Call.Detach();
        world.Settle();
    }

    public static string Short(ChatEvent told) => told switch
    {
        AttachedEvent attached => $"attached {attached.Outcome}",
        TurnAcceptedEvent accepted => $"{accepted.TurnId} accepted {accepted.PartIndex}{(accepted.Duplicate ? " again" : "")}",
        TurnRejectedEvent rejected => $"{rejected.TurnId} rejected {rejected.Problem.Code}",
        AnswerEvent answer => $"{answer.TurnId} answer {answer.Index} {answer.Text}",
        TurnEndedEvent ended => $"{ended.TurnId} ended {ended.Outcome}",
        SessionChangedEvent changed => $"session {changed.Session.Record.State}",
        GapEvent gap => $"gap {gap.FirstSequence}-{gap.LastSequence}",
        GoAwayEvent away => $"go away {away.Reason}",
        PongEvent => "pong",
        _ => told.GetType().Name,
    };
}
