using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class SendQueueTests
{
    [Fact]
    public void Bytes_come_back_to_nothing_whatever_becomes_of_the_parts()
    {
        var random = new Random(7);
        var queue = new SendQueue(10_000);
        for (var round = 0; round < 200; round++)
        {
            var turns = Enumerable.Range(1, 5).Select(NewTurn).ToList();
            for (var i = 0; i < 20; i++) queue.Enqueue(turns[random.Next(turns.Count)], new string('x', random.Next(100)));
            foreach (var turn in turns.Where(_ => random.Next(3) == 0)) End(queue, turn);
            var steps = random.Next(20);
            while (steps-- > 0 && queue.TryDequeue(out var turn, out _)) Assert.True(turn.IsOpen);
            foreach (var turn in turns.Where(turn => turn.IsOpen)) End(queue, turn);

            Assert.False(queue.TryDequeue(out _, out _));
            Assert.Equal((0, 0), (queue.Bytes, queue.Count));
        }
    }

    [Fact]
    public void Parts_leave_in_their_order()
    {
        var queue = new SendQueue(10_000);
        var turn = NewTurn(1);
        string[] texts = ["a", "b", "", "c"];
        foreach (var text in texts) queue.Enqueue(turn, text);

        var left = new List<string>();
        while (queue.TryDequeue(out _, out var text)) left.Add(text);

        Assert.Equal(texts, left);
    }

    [Fact]
    public void An_empty_queue_takes_any_part_and_a_full_one_none()
    {
        var queue = new SendQueue(100);

        Assert.True(queue.HasRoomFor(10_000));
        queue.Enqueue(NewTurn(1), "x");
        Assert.False(queue.HasRoomFor(10_000));
        Assert.False(queue.HasRoomFor(1));
    }

    [Fact]
    public void Whoever_waits_for_room_is_told_of_it()
    {
        var queue = new SendQueue(100);
        queue.Enqueue(NewTurn(1), "x");

        var room = queue.Room();
        Assert.False(room.Task.IsCompleted);
        queue.TryDequeue(out _, out _);

        Assert.True(room.Task.IsCompleted);
        Assert.False(queue.Room().Task.IsCompleted);
    }

    [Fact]
    public void Ended_turns_do_not_pile_up()
    {
        var queue = new SendQueue(1000);
        var first = NewTurn(1);
        queue.Enqueue(first, "first");

        for (var i = 0; i < 10_000; i++)
        {
            var turn = NewTurn(i + 2);
            queue.Enqueue(turn, new string('x', 50));
            End(queue, turn);
        }

        Assert.InRange(queue.Count, 1, 20);
        Assert.True(queue.TryDequeue(out var left, out _));
        Assert.Same(first, left);
    }

    private static Turn NewTurn(int number) =>
        new(new ChatStream(1, new()), $"{number}", new(1, number), TurnSettings.Empty, TurnPolicy.Send, TimeSpan.FromSeconds(1)) { State = TurnState.Waiting };

    private static void End(SendQueue queue, Turn turn)
    {
        turn.State = TurnState.Ended;
        queue.Forget(turn);
    }
}
