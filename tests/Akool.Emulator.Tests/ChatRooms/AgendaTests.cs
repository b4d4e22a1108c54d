using Akool.Emulator.ChatRooms;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Emulator.Tests.ChatRooms;

public sealed class AgendaTests
{
    [Fact]
    public void What_is_due_happens_in_time_and_then_in_the_order_it_was_put_in()
    {
        var time = new FakeTimeProvider();
        using var agenda = new Agenda(time);
        var done = new List<string>();
        var second = agenda.Now + agenda.Ticks(TimeSpan.FromSeconds(1));

        agenda.Add(second + 1, () => done.Add("later"));
        agenda.Add(second, () => done.Add("first"));
        agenda.Add(second, () => done.Add("second"));
        agenda.Add(second - 1, () => agenda.Add(second, () => done.Add("added on the way")));
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(done);
        time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal(["first", "second", "added on the way", "later"], done);
    }

    [Fact]
    public async Task Many_threads_that_add_do_not_turn_the_order_round()
    {
        using var agenda = new Agenda(TimeProvider.System);
        var done = new List<(int Thread, int Number)>();
        var all = new TaskCompletionSource();
        var due = agenda.Now + agenda.Ticks(TimeSpan.FromMilliseconds(5));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var number = i;
                agenda.Add(due + number, () =>
                {
                    done.Add((thread, number)); // one act at a time, or this list breaks
                    if (done.Count == 20_000) all.TrySetResult();
                });
            }
        })));
        await all.Task.WaitAsync(TestLimits.Hang, TestContext.Current.CancellationToken);

        Assert.All(done.GroupBy(entry => entry.Thread), own => Assert.Equal(Enumerable.Range(0, 5000), own.Select(entry => entry.Number)));
    }

    [Fact]
    public void What_is_due_later_than_a_timer_can_wait_happens_all_the_same()
    {
        var time = new FakeTimeProvider();
        using var agenda = new Agenda(time);
        var done = false;

        agenda.Add(agenda.Now + agenda.Ticks(TimeSpan.FromDays(60)), () => done = true);
        time.Advance(TimeSpan.FromDays(60) - TimeSpan.FromSeconds(1));
        var early = done;
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((false, true), (early, done));
    }

    [Fact]
    public void What_is_cleared_does_not_happen()
    {
        var time = new FakeTimeProvider();
        using var agenda = new Agenda(time);
        agenda.Add(agenda.Now + 1, () => Assert.Fail("it was cleared"));

        agenda.Clear();

        time.Advance(TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1000)]
    public void A_clock_that_moves_while_an_act_is_put_in_makes_it_no_later(int milliseconds)
    {
        var time = new MovingTime { Move = TimeSpan.FromMilliseconds(milliseconds) };
        using var agenda = new Agenda(time);
        var happened = false;

        agenda.Add(agenda.Now + agenda.Ticks(TimeSpan.FromSeconds(1)), () => happened = true);
        time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromMilliseconds(milliseconds));

        Assert.True(happened);
    }

    // Moves once, between the look at the clock and the timer's.
    private sealed class MovingTime : FakeTimeProvider
    {
        public TimeSpan Move { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(this, base.CreateTimer(callback, state, dueTime, period));

        private sealed class Timer(MovingTime time, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                var move = time.Move;
                time.Move = TimeSpan.Zero;
                time.Advance(move);
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
