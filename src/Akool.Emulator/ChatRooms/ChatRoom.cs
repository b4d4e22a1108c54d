using System.Text;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;
using Akool.Emulator.Sessions;

namespace Akool.Emulator.ChatRooms;

/// <summary>
/// One session's chat room: its sockets, its pause, and what waits in it. Answers go to whoever is in the room when they are due, not to
/// the socket that asked. Safe from any thread.
/// </summary>
internal sealed class ChatRoom(string session, string clientPath, string serverPath, SecondSocket habit, Journal journal)
{
    private const int MaxHeld = 100_000; // frames; a room that nobody lets go on forgets what comes after

    private readonly Lock _gate = new(); // guards all below
    private readonly List<ChatSocket> _sockets = [];
    private int _places; // taken by sockets, and by those whose handshake is being answered
    private readonly Queue<Answer> _held = new();
    private long _busyUntil;
    private bool _paused;
    private bool _holding;
    private bool _ended;

    /// <summary>Path and query under which clients come in.</summary>
    public string Path => clientPath;

    public string Session => session;

    public byte[] ServerId { get; } = Encoding.UTF8.GetBytes(SessionNaming.MemberOf(serverPath));

    public byte[] ClientId { get; } = Encoding.UTF8.GetBytes(SessionNaming.MemberOf(clientPath));

    public bool IsOccupied
    {
        get
        {
            lock (_gate) return _sockets.Count > 0;
        }
    }

    /// <summary>Takes a place before a handshake is answered; true: <see cref="Leave"/> gives it back. False: the room takes no further socket.</summary>
    public bool Enter()
    {
        lock (_gate)
        {
            if (habit is SecondSocket.Refused && _places > 0) return false;
            _places++;
            return true;
        }
    }

    /// <summary>A socket that has a place takes part from now on; false: the session is over.</summary>
    public bool Join(ChatSocket socket)
    {
        List<ChatSocket> replaced;
        lock (_gate)
        {
            if (_ended) return false;
            replaced = habit is SecondSocket.NewestWins ? [.. _sockets] : [];
            _sockets.Add(socket);
        }
        foreach (var older in replaced) older.Close(1000, "replaced");
        return true;
    }

    /// <summary>Gives a place back; null: its handshake came to nothing.</summary>
    public void Leave(ChatSocket? socket)
    {
        lock (_gate)
        {
            _places--;
            if (socket is not null) _sockets.Remove(socket);
        }
    }

    public void Pause()
    {
        lock (_gate) _paused = true;
    }

    /// <summary>A chat frame has come: what was paused goes on.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            if (!_paused) return;
            _paused = false;
        }
        Release();
    }

    /// <summary>Keeps answers back until they are let go.</summary>
    public void Hold(bool holding)
    {
        lock (_gate) _holding = holding;
        if (!holding) Release();
    }

    /// <summary>When the avatar has time for a frame that comes now; takes that time.</summary>
    public long Reserve(long now, long service)
    {
        lock (_gate) return _busyUntil = Math.Max(_busyUntil, now) + service;
    }

    /// <summary>Hands an answer to the sockets in the room, or keeps it. Nobody there: it is lost. The sockets are not flushed.</summary>
    public void Deliver(in Answer answer)
    {
        lock (_gate)
        {
            if (_ended) return;
            if (_paused || _holding)
            {
                if (_held.Count < MaxHeld) _held.Enqueue(answer);
                return;
            }
            foreach (var socket in _sockets)
            {
                if (!socket.Send(answer)) continue;
                journal.Frame(JournalKind.FrameSent, session, answer.Text);
            }
        }
    }

    public void Flush()
    {
        foreach (var socket in Sockets()) socket.Flush();
    }

    public void Meet(Fault fault)
    {
        foreach (var socket in Sockets()) socket.Meet(fault);
    }

    public List<ChatSocket> Sockets()
    {
        lock (_gate) return [.. _sockets];
    }

    /// <summary>The session is over: the sockets are closed with 1000 and nobody comes in again.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _held.Clear();
        }
        foreach (var socket in Sockets()) socket.Close(1000, "session closed");
    }

    private void Release()
    {
        lock (_gate)
        {
            for (var waiting = _held.Count; waiting > 0; waiting--) Deliver(_held.Dequeue()); // back in the queue where something else still holds it
        }
        Flush();
    }
}

/// <summary>One answer on its way.</summary>
/// <param name="Frame">The whole websocket frame.</param>
/// <param name="IsHalf">Only half of it is to leave, and then the socket is reset.</param>
internal readonly record struct Answer(byte[] Frame, bool IsHalf = false)
{
    /// <summary>The frame's payload.</summary>
    public ReadOnlySpan<byte> Text => Frame.AsSpan(Frame[1] switch { 126 => 4, 127 => 10, _ => 2 });
}
