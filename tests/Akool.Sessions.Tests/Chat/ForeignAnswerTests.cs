using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Chat;

public sealed class ForeignAnswerTests
{
    [Fact]
    public void Answers_that_belong_to_no_open_turn_reach_nobody()
    {
        using var world = new ChatWorld();
        var (client, observer) = (world.Join(), world.Join(all: true));
        client.Say("ended");
        client.Say("open");
        client.Say("parked", policy: TurnPolicy.Queue);
        world.Answer("ended", "", ended: true);
        var told = observer.Events.Count;
        var open = world.WireId("open");

        world.Answer("ended", "late");
        world.Socket.Answer(open with { Epoch = open.Epoch + 1 }, "of another life");
        world.Socket.Answer(open with { Number = open.Number + 1 }, "of one that is not sent");
        world.Socket.Answer(open with { Number = 99 }, "of none");
        world.Socket.Deliver(new(ReceivedFrameKind.Answer, false, open, "without an id", false));
        world.Socket.Deliver(new(ReceivedFrameKind.Ignored, true, open, "of no known type", false));
        world.Settle();

        Assert.Equal(told, observer.Events.Count);
        Assert.Equal(["ended ended Completed"], client.Told);
    }

    [Fact]
    public void Answers_of_a_turn_from_the_socket_before_reach_nobody()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("a");
        var id = world.WireId("a");
        world.Lose();
        world.Reconnect();

        world.Socket.Answer(id, "late");
        world.Settle();

        Assert.Equal(["a ended Unknown"], client.Told);
    }

    [Fact]
    public void Answers_in_another_order_reach_their_own_turns()
    {
        using var world = new ChatWorld();
        var (one, two) = (world.Join(), world.Join());
        one.Say("a");
        two.Say("b");

        world.Answer("b", "b");
        world.Answer("a", "a");
        world.Answer("b", "b");

        Assert.Equal(["a answer 0 a"], one.Told);
        Assert.Equal(["b answer 0 b", "b answer 1 b"], two.Told);
    }

    [Fact]
    public void Two_lives_of_a_hub_do_not_share_ids()
    {
        using var one = new ChatWorld();
        one.Join().Say("a");
        uint first = one.WireId("a").Epoch, second;
        using (var two = new ChatWorld())
        {
            two.Join().Say("a");
            second = two.WireId("a").Epoch;
        }

        Assert.NotEqual(first, second);
    }
}
