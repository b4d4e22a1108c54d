using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Sessions.Tests.Chat;

/// <summary>One session with its hub over fakes, on one thread, with a clock that a test moves.</summary>
internal sealed class ChatWorld : IDisposable
{
    private readonly Pump _pump = new();
    private readonly TestMeters _meters = new();

    public ChatWorld(ChatLimits? limits = null, SessionState state = SessionState.Active, TurnSettings? defaults = null)
    {
        Runtime = new(Api, Sockets, Ledger, new SessionLimits(), limits ?? new ChatLimits(), new Telemetry(_meters), Time, NullLogger.Instance, () => 0.5);
        Session = new(Record(Time.GetUtcNow(), state, defaults), Runtime, Time.GetTimestamp());
        Hub = Session.Hub;
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeApi Api { get; } = new();

    public FakeSocketFactory Sockets { get; } = new();

    public FakeLedger Ledger { get; } = new();

    public SessionRuntime Runtime { get; }

    public Session Session { get; }

    /// <summary>Also after the session has ended and forgotten it.</summary>
    public ChatHub Hub { get; }

    /// <summary>The socket that was opened last.</summary>
    public FakeSocket Socket => Sockets.Sockets[^1];

    /// <summary>The texts that were handed to sockets, in order.</summary>
    public IEnumerable<string> Sent => Sockets.Wire.Select(frame => frame.Text);

    public static SessionRecord Record(DateTimeOffset now, SessionState state, TurnSettings? defaults = null) => new()
    {
        Id = SessionId.New(), Owner = new("owner"), CreateTime = now, State = state, Revision = 1,
        Config = new("avatar", null, MediaTransport.Flv, defaults ?? TurnSettings.Empty),
        Lease = new(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(30)),
        Upstream = new("upstream"), Room = new("wss://room", "wss://peer"), ActiveTime = state == SessionState.Queueing ? null : now,
    };

    /// <summary>A client that has joined.</summary>
    public TestClient Join(ResumePoint? from = null, bool all = false, bool drop = false, bool acknowledge = false, TurnSettings? defaults = null, bool slow = false)
    {
        var client = new TestClient(this);
        client.Sink.IsSlow = slow;
        client.Attach(new(Session.Id, from, all, defaults ?? TurnSettings.Empty, drop, acknowledge));
        Settle();
        return client;
    }

    public void Settle() => _pump.Settle();

    public void Finish(Task task) => _pump.Finish(task);

    /// <summary>Moves the clock, and lets come of it what does. The last of it comes by itself: a jump alone is a process that stood still.</summary>
    public void Advance(TimeSpan span)
    {
        if (span > 2 * TurnClock.Tick) Jump(span - 2 * TurnClock.Tick);
        Jump(span < 2 * TurnClock.Tick ? span : 2 * TurnClock.Tick);
    }

    /// <summary>Moves the clock at once, as for a process that stood still.</summary>
    public void Jump(TimeSpan span)
    {
        Time.Advance(span);
        Settle();
    }

    /// <summary>The wire's id of the turn with this text in its latest frame.</summary>
    public WireTurnId WireId(string text) => Sockets.Wire.Last(frame => frame.Text == text).Id;

    /// <summary>AKOOL answers the turn with this text.</summary>
    public void Answer(string text, string answer, bool ended = false)
    {
        Socket.Answer(WireId(text), answer, ended);
        Settle();
    }

    public void Lose(int closeCode = 1006)
    {
        Socket.Lose(closeCode);
        Settle();
    }

    /// <summary>The waits before another socket, at the fixed jitter of one half, are over.</summary>
    public void Reconnect() => Advance(ChatLink.Cap);

    public void Change(SessionState state)
    {
        Session.Change(record => record with { State = state, EndTime = state is SessionState.Closed or SessionState.Failed ? Time.GetUtcNow() : null });
        Settle();
    }

    /// <summary>Closes the hub; a socket that is stuck is given its second for a goodbye.</summary>
    public void Close()
    {
        var closed = Hub.CloseAsync();
        Settle();
        Advance(TimeSpan.FromSeconds(1));
        Finish(closed);
    }

    public void Dispose()
    {
        Close();
        Finish(Runtime.Clock.DisposeAsync().AsTask());
        _pump.Dispose();
        _meters.Dispose();
        Assert.All(Sockets.Sockets, socket => Assert.Empty(socket.Breaches));
        Assert.All(Sockets.Sockets, socket => Assert.True(socket.IsDisposed));
    }
}
