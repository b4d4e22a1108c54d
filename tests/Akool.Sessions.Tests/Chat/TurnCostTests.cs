using Akool.Sessions.Chat;
using Akool.Sessions.Ports;
using Akool.Sessions.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akool.Sessions.Tests.Chat;

/// <summary>What the chat itself allocates; the transports on both sides are nothing here.</summary>
public sealed class TurnCostTests
{
    private const int Rounds = 5_000;

    [Fact]
    public void A_turn_with_two_answers_allocates_little_more_than_its_events()
    {
        using var world = new SilentWorld();
        var call = world.Hub.Attach(world.Attach, world).Value;
        world.Connect();
        world.Play(call, 0, Rounds);

        var before = GC.GetAllocatedBytesForCurrentThread();
        world.Play(call, Rounds, Rounds);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;

        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} B a turn with two answers");
        // Three events of 80 to 96 B, a turn of 160 B, and what its id and texts take here.
        Assert.InRange(bytes, 0, 900);
    }

    [Fact]
    public void A_turn_is_shown_to_its_own_stream_alone_among_a_thousand()
    {
        using var world = new SilentWorld();
        var call = world.Hub.Attach(world.Attach, world).Value;
        for (var i = 0; i < 1000; i++) _ = world.Hub.Attach(world.Attach, world).Value;
        world.Connect();
        world.Play(call, 0, 2000);

        var alone = TimeProvider.System.GetTimestamp();
        world.Play(call, 2000, 5000);
        var each = TimeProvider.System.GetElapsedTime(alone) / 5000;

        // Attached, to each; then two answers and an end for each turn.
        Assert.Equal(1001 + 3 * 7000, world.Writes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each.TotalMicroseconds:0.0} us a turn with two answers, beside a thousand streams");
    }

    [Fact]
    public void An_idle_session_with_one_stream_holds_little()
    {
        using var meters = new TestMeters();
        var runtime = SilentWorld.NewRuntime(meters);
        var sessions = Enumerable.Range(0, 2_000).Select(_ => SilentWorld.NewSession(runtime)).ToList();
        var sink = new SilentWorld.Sink();

        // What it allocates is no less than what it holds, and no other test that runs now counts in it.
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var session in sessions) Assert.True(session.Hub.Attach(new(session.Id, null, false, TurnSettings.Empty, false, false), sink).IsOk);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / sessions.Count;

        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} B an idle hub with one stream, without its socket");
        Assert.InRange(bytes, 0, 3_000);
    }

    // A session whose clients and socket take everything and cost nothing.
    private sealed class SilentWorld : IDisposable, IChatSocket, IChatSink
    {
        private readonly TestMeters _meters = new();
        private readonly Session _session;
        private TurnFrame _last;

        public SilentWorld()
        {
            _session = NewSession(NewRuntime(_meters));
            Attach = new(_session.Id, null, false, TurnSettings.Empty, false, false);
        }

        public ChatAttach Attach { get; }

        public ChatHub Hub => _session.Hub;

        public int Writes { get; private set; }

        public SocketEnd End => default;

        public static SessionRuntime NewRuntime(TestMeters meters) => new(
            new FakeApi(), new FakeSocketFactory(), new FakeLedger(), new SessionLimits(), new ChatLimits(), new Telemetry(meters), TimeProvider.System,
            NullLogger.Instance, () => 0.5);

        // Queueing: no socket of its own.
        public static Session NewSession(SessionRuntime runtime) =>
            new(ChatWorld.Record(TimeProvider.System.GetUtcNow(), SessionState.Queueing), runtime, TimeProvider.System.GetTimestamp());

        public void Connect() => Hub.OnConnected(this);

        public void Play(ChatAttachment call, int from, int rounds)
        {
            for (var i = from; i < from + rounds; i++)
            {
                var taken = call.SubmitAsync(new("turn " + i, "text", false, 0, TurnSettings.Empty, TurnPolicy.Send, null));
                Assert.True(taken.IsCompletedSuccessfully);
                Hub.OnFrame(new(ReceivedFrameKind.Answer, true, _last.Id, "answer", false));
                Hub.SendAndFlush();
                Hub.OnFrame(new(ReceivedFrameKind.Answer, true, _last.Id, "answer", true));
                Hub.SendAndFlush();
            }
        }

        public ValueTask<bool> SendAsync(in TurnFrame frame)
        {
            _last = frame;
            return new(true);
        }

        public ValueTask<ReceivedFrame> ReceiveAsync() => default;

        public ValueTask CloseAsync() => default;

        public void Abort(Exception? cause = null) { }

        public ValueTask DisposeAsync() => default;

        public void Dispose() => _meters.Dispose();

        public ValueTask WriteAsync(ChatEvent chatEvent, bool moreFollows)
        {
            Writes++;
            return default;
        }

        public sealed class Sink : IChatSink
        {
            public ValueTask WriteAsync(ChatEvent chatEvent, bool moreFollows) => default;
        }
    }
}
