using Akool.Sessions.Ports;

namespace Akool.Sessions.Chat;

/// <summary>Who may send on a hub's socket, and what: one at a time, a wanted pause before the next frame. Its hub's lock guards it.</summary>
internal sealed class HubSender(TurnTable turns, SendQueue queue)
{
    private bool _sending;
    private bool _pauseWanted;
    private bool _pausing; // outlives the socket: what the next one sent before AKOOL has taken the pause, the pause would silence

    /// <summary>The socket of now; null: none.</summary>
    public IChatSocket? Socket { get; private set; }

    /// <summary>Whether something waits to be sent. May be read without the lock; then it is sure only of what the reader has done itself.</summary>
    public bool HasWork => !queue.IsEmpty || Volatile.Read(ref _pauseWanted);

    /// <summary>The media is to be paused before the next frame, if <paramref name="wanted"/>.</summary>
    public void Pause(bool wanted) => _pauseWanted |= wanted;

    /// <summary>A socket is there. Whoever sends on the one before finds that it is no longer the hub's.</summary>
    public void Connected(IChatSocket socket) => (Socket, _sending) = (socket, false);

    /// <summary>The socket is gone, and with it the speech that was to be paused.</summary>
    public void Lost() => (Socket, _pauseWanted) = (null, false);

    /// <summary>The pause that <see cref="TryNext"/> gave is over, however it went.</summary>
    public void PauseOver() => _pausing = false;

    /// <summary>Makes the caller the one who sends, if there is something to send and nobody does.</summary>
    public bool TryBegin(out IChatSocket socket)
    {
        socket = Socket!;
        if (Socket is null || _sending || _pausing || (queue.IsEmpty && !_pauseWanted)) return false;
        return _sending = true;
    }

    /// <summary>What the sender does next: a pause or a frame. False: nothing is left, or its socket is no longer the hub's; it is the sender no more.</summary>
    public bool TryNext(IChatSocket socket, out TurnFrame frame, out bool pause)
    {
        (frame, pause) = (default, false);
        if (!ReferenceEquals(Socket, socket)) return false;
        if (_pauseWanted)
        {
            _pauseWanted = false;
            return pause = _pausing = true;
        }
        return turns.TryHandOver(out frame) || (_sending = false);
    }
}
