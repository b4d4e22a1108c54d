using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;

namespace Akool.Sessions.Tests.Chat;

public sealed class StreamOutboxTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Events_offered_from_many_threads_are_neither_lost_nor_doubled()
    {
        var sink = new YieldingSink();
        var outbox = new StreamOutbox(sink, int.MaxValue, dropAnswers: false);
        var next = 0L;
        var gate = new Lock();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 25_000; i++)
            {
                lock (gate) outbox.Offer(New(++next));
                outbox.Kick();
            }
        }, TestContext.Current.CancellationToken))).WaitAsync(Hang, TestContext.Current.CancellationToken);
        outbox.Complete();
        outbox.Kick();

        Assert.Null(await outbox.Completion.WaitAsync(Hang, TestContext.Current.CancellationToken));
        Assert.False(sink.WasRaced);
        Assert.Equal(Enumerable.Range(1, 100_000).Select(i => (long)i), sink.Sequences);
        Assert.Equal(0, outbox.Bytes);
    }

    [Fact]
    public async Task A_stream_is_done_only_when_its_last_event_was_written()
    {
        for (var round = 0; round < 3_000; round++)
        {
            var sink = new YieldingSink();
            var outbox = new StreamOutbox(sink, int.MaxValue, dropAnswers: false);
            outbox.Offer(New(1));
            var early = Task.Run(outbox.Kick, TestContext.Current.CancellationToken);
            outbox.Offer(New(2));
            outbox.Kick();
            outbox.Offer(New(3));
            outbox.Complete();
            outbox.Kick();

            await outbox.Completion.WaitAsync(Hang, TestContext.Current.CancellationToken);

            Assert.Equal(3, sink.Sequences.Count);
            await early;
        }
    }

    [Fact]
    public async Task The_writer_is_done_only_when_nobody_writes()
    {
        for (var round = 0; round < 3_000; round++)
        {
            var sink = new YieldingSink();
            var outbox = new StreamOutbox(sink, int.MaxValue, dropAnswers: false);
            outbox.Offer(New(1));
            var other = Task.Run(outbox.Kick, TestContext.Current.CancellationToken);
            outbox.Offer(New(2));
            outbox.Kick();
            await other;

            await outbox.Writer.WaitAsync(Hang, TestContext.Current.CancellationToken);

            Assert.Equal(2, sink.Sequences.Count);
            Assert.False(sink.IsWriting);
        }
    }

    [Fact]
    public void What_a_resume_replays_is_owed_whatever_the_bound()
    {
        var sink = new RecordingSink { IsSlow = true };
        var outbox = new StreamOutbox(sink, 1024, dropAnswers: false);

        for (var i = 1; i <= 100; i++) outbox.OfferAlways(New(i));

        Assert.Equal(Offered.Queued, outbox.Offer(New(101)));
        Assert.Equal(101 * 128, outbox.Bytes);
    }

    [Fact]
    public void Nothing_is_taken_after_the_end()
    {
        var outbox = new StreamOutbox(new RecordingSink(), 1024, dropAnswers: false);

        outbox.Complete();

        Assert.Equal(Offered.Completed, outbox.Offer(New(1)));
    }

    [Fact]
    public async Task A_stream_that_is_to_end_says_so_though_its_client_does_not_read()
    {
        var outbox = new StreamOutbox(new RecordingSink { IsSlow = true }, 1024, dropAnswers: false);
        outbox.Offer(New(1));
        outbox.Kick();
        Assert.False(outbox.Ending.IsCompleted);

        outbox.Complete();
        outbox.Kick();

        await outbox.Ending.WaitAsync(Hang, TestContext.Current.CancellationToken);
        Assert.False(outbox.Completion.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_client_is_owed_at_the_end_can_be_given_up(bool endsWell)
    {
        var outbox = new StreamOutbox(new RecordingSink { IsSlow = true }, 1024, dropAnswers: false);
        for (var i = 1; i <= 3; i++) outbox.Offer(New(i));
        outbox.Kick();
        var (why, after) = (new SessionError(SessionErrorCode.GatewayDraining, "drain"), new SessionError(SessionErrorCode.SlowConsumer, "slow"));
        if (endsWell) outbox.Complete();
        else outbox.Fail(why, writeQueued: true);

        outbox.Fail(after, writeQueued: false);

        Assert.Equal(endsWell ? after : why, await outbox.Completion.WaitAsync(Hang, TestContext.Current.CancellationToken));
        Assert.Equal(0, outbox.Bytes);
    }

    private static AnswerEvent New(long sequence) => new() { Sequence = sequence, Text = "" };

    // Now and then goes on on another thread, as a transport does.
    private sealed class YieldingSink : IChatSink
    {
        private int _writing;

        public List<long> Sequences { get; } = [];

        public bool WasRaced { get; private set; }

        public bool IsWriting => Volatile.Read(ref _writing) != 0;

        public async ValueTask WriteAsync(ChatEvent chatEvent, bool moreFollows)
        {
            if (Interlocked.Increment(ref _writing) != 1) WasRaced = true;
            if (chatEvent.Sequence % 3 == 0) await Task.Yield();
            Sequences.Add(chatEvent.Sequence);
            Interlocked.Decrement(ref _writing);
        }
    }
}
