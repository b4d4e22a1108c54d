namespace Akool.Sessions.Tests.Chat;

public sealed class TurnClockTests
{
    [Fact]
    public void A_clock_with_nothing_to_watch_stands_still()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        client.Say("t");
        Assert.True(world.Hub.IsWatched);

        world.Answer("t", "", ended: true);
        world.Advance(TimeSpan.FromSeconds(31));
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.False(world.Hub.IsWatched);
        client.Say("again");
        Assert.True(world.Hub.IsWatched);
    }

    [Fact]
    public void Turns_end_in_their_order_though_their_time_comes_at_once()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        for (var i = 0; i < 10; i++) client.Say($"{i}", timeout: TimeSpan.FromSeconds(10 - i));

        world.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i} ended NoAnswer"), client.Told);
    }
}
