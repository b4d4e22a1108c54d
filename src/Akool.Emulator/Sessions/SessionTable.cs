using Akool.Emulator.ChatRooms;

namespace Akool.Emulator.Sessions;

/// <summary>All sessions of the account, and which room is whose. Safe from any thread.</summary>
internal sealed class SessionTable(EmulatorOptions options, Func<string, string, string, ChatRoom> newRoom)
{
    private readonly Lock _gate = new(); // guards all below, and the sessions' own state
    private readonly Dictionary<string, EmulatedSession> _live = [];
    private readonly Dictionary<string, EmulatedSession> _ended = [];
    private readonly Queue<string> _endedInOrder = new();
    private readonly Dictionary<string, EmulatedSession> _byRoom = [];
    private readonly Dictionary<string, int> _livePerAvatar = [];
    private readonly SessionNaming _naming = new(options.Habits);
    private readonly LevelWatch _openWatch = new();
    private long _created; // since the beginning: names never come again
    private long _createdSinceReset;
    private long _secondsOfEnded;

    private DateTimeOffset Now => options.Time.GetUtcNow();

    public SessionNaming Naming => _naming;

    /// <summary>Opens a session, or gives the code that refuses it.</summary>
    public (EmulatedSession? Session, int Refusal) Open(string avatarId, bool agora, bool foreign, Uri roomBase)
    {
        lock (_gate)
        {
            var serving = _livePerAvatar.GetValueOrDefault(avatarId);
            if (!foreign && options.MaxConcurrentSessionsPerAvatar is > 0 and var limit && serving >= limit) return (null, Rest.BusinessCode.AvatarBusy);
            if (!foreign && options.Credits is { } credits && SecondsChargedAt(Now) >= credits) return (null, options.NoCreditCode);

            var session = New(avatarId, agora, foreign, roomBase);
            _createdSinceReset++;
            _livePerAvatar[avatarId] = serving + 1;
            _live.Add(session.Id, session);
            _byRoom.Add(session.Room.Path, session);
            _openWatch.Set(_live.Count);
            return (session, 0);
        }
    }

    /// <summary>Ends a session. 1000, 1216 where there is none, or the habit's code where it has ended.</summary>
    public int End(string id, bool failed = false)
    {
        ChatRoom room;
        lock (_gate)
        {
            if (!_live.Remove(id, out var session)) return _ended.ContainsKey(id) ? options.Habits.SecondCloseCode : Rest.BusinessCode.SessionNotExist;
            session.EndedAt = Now;
            session.HasFailed = failed;
            room = session.Room;
            _livePerAvatar[session.AvatarId]--;
            _byRoom.Remove(room.Path);
            _secondsOfEnded += session.SecondsChargedAt(Now);
            _ended.Add(id, session);
            _endedInOrder.Enqueue(id);
            while (_endedInOrder.Count > options.EndedSessionsKept) _ended.Remove(_endedInOrder.Dequeue());
            _openWatch.Set(_live.Count);
        }
        room.End();
        return Rest.BusinessCode.Success;
    }

    /// <summary>A session that is remembered, with its status.</summary>
    public (EmulatedSession Session, int Status)? Find(string id)
    {
        lock (_gate) return (_live.GetValueOrDefault(id) ?? _ended.GetValueOrDefault(id)) is { } session ? (session, session.StatusAt(Now)) : null;
    }

    /// <summary>The live session whose room has this path and query, with its status.</summary>
    public (EmulatedSession Session, int Status)? FindByRoom(string path)
    {
        lock (_gate) return _byRoom.TryGetValue(path, out var session) ? (session, session.StatusAt(Now)) : null;
    }

    /// <summary>Sessions with their status, newest first; with a status, only those that have it.</summary>
    public List<(EmulatedSession Session, int Status)> List(int? status = null)
    {
        lock (_gate)
        {
            var now = Now;
            IEnumerable<EmulatedSession> some = status is 1 or 2 ? _live.Values : status is 3 or 4 ? _ended.Values : _live.Values.Concat(_ended.Values);
            var told = some.Select(session => (Session: session, Status: session.StatusAt(now)));
            return [.. told.Where(entry => status is null || entry.Status == status).OrderByDescending(entry => entry.Session.Sequence)];
        }
    }

    public List<ChatRoom> Rooms()
    {
        lock (_gate) return [.. _live.Values.Select(session => session.Room)];
    }

    /// <summary>What is charged, as of one moment: the sessions that are remembered, newest first, and the sums of all.</summary>
    public ChargeSheet Charges()
    {
        lock (_gate)
        {
            var now = Now;
            var rows = _live.Values.Concat(_ended.Values).OrderByDescending(session => session.Sequence).Select(session => new ChargedSession(
                session.Id, session.AvatarId, session.OpenedAt, session.EndedAt, session.StatusAt(now), session.SecondsChargedAt(now), session.IsForeign));
            return new(SecondsChargedAt(now), _createdSinceReset, [.. rows]);
        }
    }

    /// <summary>Completes when the number of live sessions fits.</summary>
    public Task LiveAsync(Func<int, bool> fits) => _openWatch.WhenAsync(fits);

    public void Clear()
    {
        foreach (var room in Rooms()) room.End();
        lock (_gate)
        {
            _live.Clear();
            _ended.Clear();
            _endedInOrder.Clear();
            _byRoom.Clear();
            _livePerAvatar.Clear();
            _secondsOfEnded = 0;
            _createdSinceReset = 0;
            _openWatch.Set(0);
        }
    }

    private long SecondsChargedAt(DateTimeOffset now) => _secondsOfEnded + _live.Values.Sum(session => session.SecondsChargedAt(now));

    private EmulatedSession New(string avatarId, bool agora, bool foreign, Uri roomBase)
    {
        var (now, number) = (Now, 1000 + ++_created);
        var (id, stream) = (_naming.NewSessionId(now), SessionNaming.StreamName(now, number));
        var client = _naming.RoomPath("client", id, stream, number);
        var server = _naming.RoomPath("server", id, stream, number);
        return new EmulatedSession
        {
            Id = id,
            TaskId = _naming.NewObjectId(now),
            AvatarId = avatarId,
            StreamName = stream,
            Sequence = number,
            OpenedAt = now,
            StartsAt = now + options.QueueingTime,
            Room = newRoom(id, client, server),
            ClientUrl = new Uri(roomBase, client).AbsoluteUri,
            ServerUrl = new Uri(roomBase, server).AbsoluteUri,
            IsAgora = agora,
            IsForeign = foreign,
        };
    }
}
