namespace Akool.Sessions.Chat;

/// <summary>
/// One call's hold on a chat stream, from <c>Attach</c> until <see cref="Detach"/>. Requests are given to it by one caller at a time. Once the stream
/// has been continued by a newer call, or the session has ended, they do nothing.
/// </summary>
public sealed class ChatAttachment
{
    private readonly ChatHub _hub;

    internal ChatAttachment(ChatHub hub, ChatStream stream, StreamOutbox outbox) => (_hub, Stream, Outbox) = (hub, stream, outbox);

    /// <summary>Done when nothing more will be written to the sink; its result is why, null for a good end.</summary>
    public Task<SessionError?> Completion => Outbox.Completion;

    /// <summary>Done when the stream is to end: what its client is still owed is all that will be written.</summary>
    public Task Ending => Outbox.Ending;

    /// <summary>The write to the sink that is under way, or the last one; never fails. A client that does not read can keep it waiting.</summary>
    public Task Writer => Outbox.Writer;

    internal ChatStream Stream { get; }

    internal StreamOutbox Outbox { get; }

    /// <summary>
    /// Takes a part of a turn, or refuses it: both are events of the stream. Complete when the next request may be given: where the session's socket
    /// is full it waits for room, a limited time, and this is how the client is held up.
    /// </summary>
    public ValueTask SubmitAsync(in TurnPart part) => _hub.SubmitAsync(this, part);

    /// <summary>Refuses a part that could not be read: to the client as if it had been submitted and found wrong.</summary>
    public void Reject(string turnId, int partIndex, bool moreFollows, SessionError problem) =>
        _hub.Reject(this, new(turnId, "", moreFollows, partIndex, TurnSettings.Empty, TurnPolicy.Send, null), problem);

    /// <summary>Stops one of the stream's own turns, or, with an empty id, every open turn of the session. Unknown and finished turns are left as they are.</summary>
    public void Interrupt(string turnId) => _hub.Interrupt(this, turnId);

    /// <summary>Everything up to <paramref name="sequence"/> is dealt with and need not be kept for a resume.</summary>
    public void Acknowledge(long sequence) => _hub.Acknowledge(this, sequence);

    /// <summary>Answers with a pong.</summary>
    public void Ping(ClientTime? clientTime) => _hub.Ping(this, clientTime);

    /// <summary>The client sends nothing more; the stream ends once the turns already taken have ended.</summary>
    public void CompleteInput() => _hub.CompleteInput(this);

    /// <summary>Ends the call from this side, with an error; what waits for its client is dropped.</summary>
    public void End(SessionError error) => _hub.End(this, error);

    /// <summary>The call is over. The stream can be continued for the resume window.</summary>
    public void Detach() => _hub.Detach(this);
}
