using System.Globalization;
using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;

namespace Akool.Sessions.Tests.Chat;

public sealed class EventLogTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_log_keeps_what_a_list_would(int seed)
    {
        var random = new Random(seed);
        var log = new EventLog(int.MaxValue);
        var list = new List<ChatEvent>();
        var next = 1L;
        for (var step = 0; step < 5_000; step++)
        {
            // Runs of growing and of shrinking, so that pages are filled, given back and begun anew.
            if (random.Next(100) < (step / 100 % 2 == 0 ? 70 : 30))
            {
                var added = Any(random, next++);
                log.Append(added);
                list.Add(added);
            }
            else
            {
                Assert.Equal(list.Count > 0, log.TryDropOldest(out var dropped));
                if (list.Count > 0) Assert.Equal(new LoggedEvent(list[0].Sequence, list[0].Stream, list[0].Audience), dropped);
                list = [.. list.Skip(1)];
            }

            Assert.Equal((list.Count, next - list.Count), (log.Count, log.First));
            Assert.Equal(list.FirstOrDefault()?.At ?? MonotonicTime.Never, log.OldestAt);
            if (step % 50 != 0) continue;
            var from = list.Count > 0 ? list[random.Next(list.Count)].Sequence : next;
            Assert.Equal(list.Where(kept => kept.Sequence >= from), log.From(from), SameEvent.Comparer);
        }
    }

    [Fact]
    public void A_text_larger_than_a_page_is_kept_whole()
    {
        var log = new EventLog(int.MaxValue);
        AnswerEvent[] added = [New(1, 10), New(2, 64 * 1024), New(3, 10)];
        foreach (var one in added) log.Append(one);

        Assert.Equal(added, log.From(1), SameEvent.Comparer);
    }

    [Fact]
    public void A_log_that_was_cleared_goes_on_where_it_was_and_another_may_have_its_pages()
    {
        var (cleared, other) = (new EventLog(int.MaxValue), new EventLog(int.MaxValue));
        for (var i = 1; i <= 100; i++) cleared.Append(New(i, 100 * i));
        cleared.Append(new GoAwayEvent { Sequence = 101, At = 1, Reason = GoAwayReason.IdleExpiring });
        cleared.Clear();
        List<ChatEvent> kept = [.. Enumerable.Range(1, 100).Select(i => New(i, 100 * i))];
        kept.ForEach(other.Append);

        Assert.Equal((0, 102, MonotonicTime.Never, false), (cleared.Count, cleared.First, cleared.OldestAt, cleared.IsOverfull));
        Assert.Empty(cleared.From(1));
        var next = New(102, 7000);
        cleared.Append(next);

        Assert.Equal([next], cleared.From(1), SameEvent.Comparer);
        Assert.Equal(kept, other.From(1), SameEvent.Comparer);
    }

    [Fact]
    public void A_log_is_overfull_by_bytes_but_always_keeps_the_newest()
    {
        var log = new EventLog(200);

        log.Append(New(1, 1000));
        Assert.False(log.IsOverfull);
        log.Append(New(2));
        Assert.True(log.IsOverfull);
        log.TryDropOldest(out _);
        log.Append(New(3));

        Assert.False(log.IsOverfull);
        Assert.Equal((2, 2), (log.Count, log.First));
    }

    [Fact]
    public void A_hole_in_the_sequences_is_a_bug()
    {
        var log = new EventLog(300);
        log.Append(New(1));

        Assert.Throws<InvalidOperationException>(() => log.Append(New(3)));
    }

    private static AnswerEvent New(long sequence, int length = 0) => new() { Sequence = sequence, TurnId = "t", StreamId = "1", Stream = 1, Text = new string('x', length) };

    private static ChatEvent Any(Random random, long sequence)
    {
        var (at, time) = (random.NextInt64(1000), new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(random.NextInt64(1_000_000_000)));
        // Of ASCII or not, each by itself, with halves of surrogate pairs among the latter.
        var (stream, turnId) = (random.Next(1, 2000), random.Next(2) == 0 ? $"turn {random.Next()}" : $"turn \ud83d\ude00 {random.Next()}");
        var text = new string((char)(random.Next(2) == 0 ? random.Next(0x80) : random.Next(0x80, 0xE000)), random.Next(600));
        var id = stream.ToString(CultureInfo.InvariantCulture);
        return random.Next(7) switch
        {
            0 => new AnswerEvent { Sequence = sequence, At = at, Time = time, Stream = stream, StreamId = id, TurnId = turnId, Index = random.Next(), Text = text },
            1 => new TurnAcceptedEvent
            {
                Sequence = sequence, At = at, Time = time, Stream = stream, StreamId = id, TurnId = turnId, PartIndex = random.Next(), Text = text, Duplicate = random.Next(2) == 0,
            },
            2 => new TurnEndedEvent
            {
                Sequence = sequence, At = at, Time = time, Stream = stream, StreamId = id, TurnId = turnId, Outcome = TurnOutcome.Unknown, AnswerCount = random.Next(),
                FirstAnswerLatency = random.Next(2) == 0 ? null : TimeSpan.FromTicks(random.NextInt64()),
            },
            3 => new TurnEndedEvent
            {
                Sequence = sequence, At = at, Time = time, Stream = stream, StreamId = id, TurnId = turnId, Outcome = TurnOutcome.Failed, Problem = Session.NotActive,
            },
            4 => new TurnRejectedEvent { Sequence = sequence, At = at, Time = time, Stream = stream, StreamId = id, TurnId = turnId, Problem = Session.NotActive },
            5 => new GoAwayEvent { Sequence = sequence, At = at, Time = time, Reason = GoAwayReason.IdleExpiring, TimeLeft = TimeSpan.FromSeconds(1) },
            _ => New(sequence, random.Next(3000)),
        };
    }
}
