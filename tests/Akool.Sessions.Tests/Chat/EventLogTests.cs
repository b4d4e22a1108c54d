using Akool.Sessions.Chat;

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
            // Runs of growing and of shrinking, so that the ring wraps, grows and empties.
            if (random.Next(100) < (step / 100 % 2 == 0 ? 70 : 30))
            {
                var added = New(next++);
                log.Append(added);
                list.Add(added);
            }
            else
            {
                Assert.Equal(list.Count > 0, log.TryDropOldest(out var dropped));
                if (list.Count > 0) Assert.Same(list[0], dropped);
                list = [.. list.Skip(1)];
            }

            Assert.Equal((list.Count, next - list.Count), (log.Count, log.First));
            Assert.Same(list.FirstOrDefault(), log.Oldest);
            if (list.Count > 0)
            {
                var any = list[random.Next(list.Count)];
                Assert.Same(any, log[any.Sequence]);
            }
        }
    }

    [Fact]
    public void A_log_is_overfull_by_bytes_but_always_keeps_the_newest()
    {
        var log = new EventLog(300);

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

    private static AnswerEvent New(long sequence, int length = 0) => new() { Sequence = sequence, Text = new string('x', length) };
}
