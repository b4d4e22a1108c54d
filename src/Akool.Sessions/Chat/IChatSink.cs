namespace Akool.Sessions.Chat;

/// <summary>Where a stream's events go: its client. Called by the stream's one writer, never by two at a time.</summary>
public interface IChatSink
{
    /// <summary>
    /// Writes one event; complete when the transport has taken it, which is how a slow client is felt. With <paramref name="moreFollows"/> another
    /// write comes at once, so that this one need not be flushed. Throws where the client is gone.
    /// </summary>
    ValueTask WriteAsync(ChatEvent chatEvent, bool moreFollows);
}
