using System.Collections.Concurrent;
using Akool.Sessions.Chat;
using Akool.Sessions.Ports;
using Akool.Sessions.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akool.Sessions.Tests.Chat;

/// <summary>Real threads and the system's clock, for races that one thread does not see.</summary>
public sealed class StressTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private static readonly ChatLimits Limits = new()
    {
        AnswerTimeout = TimeSpan.FromMilliseconds(300), AnswerQuietPeriod = TimeSpan.FromMilliseconds(20), MaxOpenTurns = 8, MaxQueuedBytes = 2048,
        ResumeBytes = 1 << 28, MaxOutboxBytes = 1 << 28,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Streams_sockets_and_clocks_on_many_threads_keep_the_promises(int seed)
    {
        using var meters = new TestMeters();
        var sockets = new FakeSocketFactory();
        var runtime = NewRuntime(sockets, meters);
        var session = new Session(ChatWorld.Record(TimeProvider.System.GetUtcNow(), SessionState.Active), runtime, TimeProvider.System.GetTimestamp());
        var hub = session.Hub;
        var observer = new RecordingSink();
        var observing = hub.Attach(Attach(session, null, all: true), observer).Value;
        using var until = new CancellationTokenSource(TimeSpan.FromSeconds(4));

        var clients = Enumerable.Range(0, 4).Select(i => new StressClient(hub, session, new Random(seed * 100 + i))).ToList();
        var work = clients.Select(client => Task.Run(() => client.RunAsync(until.Token), TestContext.Current.CancellationToken))
            .Append(Task.Run(() => AnswerAsync(sockets, new Random(seed), until.Token), TestContext.Current.CancellationToken))
            .Append(Task.Run(() => DropAsync(sockets, new Random(seed), until.Token), TestContext.Current.CancellationToken));
        await Task.WhenAll(work).WaitAsync(Hang, TestContext.Current.CancellationToken);

        session.Change(record => SessionTransitions.Closing(record, CloseReason.ClientRequested, null));
        await hub.CloseAsync().WaitAsync(Hang, TestContext.Current.CancellationToken);
        session.Change(record => SessionTransitions.Closed(record, CloseReason.None, TimeProvider.System.GetUtcNow()));
        Assert.Null(await observing.Completion.WaitAsync(Hang, TestContext.Current.CancellationToken));
        foreach (var client in clients) await client.EndAsync().WaitAsync(Hang, TestContext.Current.CancellationToken);
        await runtime.Clock.DisposeAsync();

        Assert.Equal((0, 0), (hub.OpenTurns, hub.QueuedBytes));
        Hold(clients, observer, sockets);
        TestContext.Current.TestOutputHelper?.WriteLine($"{clients.Sum(client => client.Turns.Count)} turns, {sockets.Sockets.Count} sockets, {observer.Events.Count} events");
    }

    [Fact]
    public async Task No_turn_is_forgotten_by_the_clock()
    {
        using var meters = new TestMeters();
        var runtime = NewRuntime(new FakeSocketFactory(), meters);
        using var until = new CancellationTokenSource(TimeSpan.FromSeconds(2));

        // Each hub has one turn at a time, so that it comes and goes from the clock all the time.
        var hubs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => TurnAfterTurnAsync(runtime, new Random(i), until.Token), TestContext.Current.CancellationToken))).WaitAsync(Hang, TestContext.Current.CancellationToken);

        Assert.All(hubs, turns => Assert.True(turns > 3, $"{turns} turns"));
        await runtime.Clock.DisposeAsync();
    }

    private static async Task<int> TurnAfterTurnAsync(SessionRuntime runtime, Random random, CancellationToken until)
    {
        var session = new Session(ChatWorld.Record(TimeProvider.System.GetUtcNow(), SessionState.Active), runtime, TimeProvider.System.GetTimestamp());
        var sink = new EndedSink();
        var call = session.Hub.Attach(Attach(session, null, all: false), sink).Value;
        var turns = 0;
        for (; !until.IsCancellationRequested; turns++)
        {
            await call.SubmitAsync(new($"{turns}", "text", false, 0, TurnSettings.Empty, TurnPolicy.Send, TimeSpan.FromMilliseconds(random.Next(1, 120))));
            await sink.Ended.WaitAsync(Hang, CancellationToken.None);
            sink.Again();
            if (random.Next(2) == 0) await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, CancellationToken.None);
        }
        await session.Hub.CloseAsync();
        return turns;
    }

    private static SessionRuntime NewRuntime(FakeSocketFactory sockets, TestMeters meters) => new(
        new FakeApi(), sockets, new FakeLedger(), new SessionLimits(), Limits, new Telemetry(meters), TimeProvider.System, NullLogger.Instance, () => 0.01);

    private static ChatAttach Attach(Session session, ResumePoint? from, bool all) => new(session.Id, from, all, TurnSettings.Empty, false, false);

    private static async Task AnswerAsync(FakeSocketFactory sockets, Random random, CancellationToken until)
    {
        var handed = new ConcurrentQueue<(FakeSocket Socket, TurnFrame Frame)>();
        sockets.Handed = (socket, frame) => handed.Enqueue((socket, frame));
        while (!until.IsCancellationRequested)
        {
            if (!handed.TryDequeue(out var next)) await Task.Yield();
            else if (random.Next(8) != 0)
                for (var i = random.Next(4); i >= 0; i--) next.Socket.Answer(next.Frame.Id, next.Frame.Text, ended: random.Next(3) == 0);
        }
    }

    private static async Task DropAsync(FakeSocketFactory sockets, Random random, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, CancellationToken.None);
            if (sockets.Sockets is not [.., var socket]) continue;
            if (random.Next(3) == 0) socket.IsStalled = true;
            else if (random.Next(3) == 0) socket.Flow();
            else if (random.Next(3) == 0) socket.Breaks = true;
            else socket.Lose();
        }
    }

    private static void Hold(List<StressClient> clients, RecordingSink observer, FakeSocketFactory sockets)
    {
        Assert.False(observer.WasRaced);
        Assert.Equal("session Closed", TestClient.Short(observer.Events[^1]));
        var sequences = observer.Events.Skip(1).Select(told => told.Sequence).ToList();
        Assert.Equal(sequences.Distinct().Order(), sequences);
        var ended = observer.Events.OfType<TurnEndedEvent>().ToLookup(one => (one.StreamId, one.TurnId));
        foreach (var client in clients)
        {
            Assert.True(client.Turns.Count > 10);
            var rejected = client.Told.OfType<TurnRejectedEvent>().ToLookup(one => one.TurnId);
            Assert.All(client.Turns, turn => Assert.Equal(1, ended[(client.StreamId, turn)].Count() + rejected[turn].Count()));
            Assert.Equal(client.Told.Where(one => one.Sequence > 0).Select(one => one.Sequence).Distinct().Count(), client.Told.Count(one => one.Sequence > 0));
        }
        foreach (var answers in observer.Events.OfType<AnswerEvent>().GroupBy(one => (one.StreamId, one.TurnId)))
        {
            Assert.Equal(Enumerable.Range(0, answers.Count()), answers.Select(answer => answer.Index));
            Assert.All(answers, answer => Assert.True(answer.Sequence < ended[answers.Key].Single().Sequence));
            Assert.All(answers, answer => Assert.StartsWith($"{answers.Key.StreamId}/{answers.Key.TurnId}/", answer.Text, StringComparison.Ordinal));
        }
        Assert.Distinct(sockets.Wire.Select(frame => frame.Text));
        Assert.DoesNotContain(sockets.Sockets.SelectMany(socket => socket.Breaches), breach => breach.StartsWith("two", StringComparison.Ordinal));
    }

    private sealed class EndedSink : IChatSink
    {
        private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Again() => _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask WriteAsync(ChatEvent chatEvent, bool moreFollows)
        {
            if (chatEvent is TurnEndedEvent) _ended.SetResult();
            return default;
        }
    }
}
