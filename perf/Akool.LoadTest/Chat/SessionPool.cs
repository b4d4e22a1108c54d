using Akool.Avatar.V1;

namespace Akool.LoadTest.Chat;

/// <summary>Sessions held open for a scenario, each with its streams; handed out in turn.</summary>
internal sealed class SessionPool(GatewayClient gateway)
{
    private const int AtOnce = 32;
    private readonly List<Session> _sessions = [];              // guarded by itself
    private readonly List<ChatStream> _streams = [];            // guarded by _sessions
    private readonly Dictionary<string, ChatStream> _observers = [];        // by session; guarded by _sessions
    private int _next, _taken;

    /// <summary>Opens them, the last stream of each session as an observer of all its turns where there are several.</summary>
    public Task OpenAsync(int sessions, int streamsEach = 1) => Parallel.ForAsync(0, sessions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, token) =>
    {
        var session = await gateway.CreateAsync(token);
        lock (_sessions) _sessions.Add(session);
        for (var i = 0; i < streamsEach; i++)
        {
            var visibility = streamsEach > 1 && i == streamsEach - 1 ? TurnVisibility.All : TurnVisibility.Own;
            var stream = await ChatStream.AttachAsync(gateway, new Attach { Session = session.Name, Visibility = visibility }, CancellationToken.None);
            lock (_sessions)
            {
                _streams.Add(stream);
                if (visibility == TurnVisibility.All) _observers[session.Name] = stream;
            }
        }
    });

    /// <summary>One session and its stream, for its taker alone; pools of one stream a session only.</summary>
    public (Session Session, ChatStream Stream) Take()
    {
        lock (_sessions)
        {
            var stream = _streams[_taken++];
            return (_sessions.First(session => session.Name == stream.Session), stream);
        }
    }

    public ChatStream Next() => _streams[(int)((uint)Interlocked.Increment(ref _next) % (uint)_streams.Count)];

    /// <summary>The stream that watches all turns of this one's session; pools of several streams a session only.</summary>
    public ChatStream ObserverOf(ChatStream stream)
    {
        lock (_sessions) return _observers[stream.Session];
    }

    /// <summary>Ends every stream and closes every session; what a fault has already ended counts as closed.</summary>
    public async Task CloseAsync()
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForEachAsync(_streams, parallel, async (stream, _) => await stream.DisposeAsync());
        await Parallel.ForEachAsync(_sessions, parallel, async (session, token) => await Measured.AsResponseAsync(() => gateway.CloseAsync(session.Name, token)));
        _sessions.Clear();
        _streams.Clear();
        _observers.Clear();
    }
}
