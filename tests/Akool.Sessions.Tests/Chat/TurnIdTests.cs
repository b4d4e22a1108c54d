namespace Akool.Sessions.Tests.Chat;

/// <summary>At most 128 characters, and a character is a Unicode scalar value, however UTF-16 writes it.</summary>
public sealed class TurnIdTests
{
    private const string Emoji = "\ud83d\ude00";

    [Theory]
    [InlineData("x", 128)]
    [InlineData("€", 128)]
    [InlineData(Emoji, 128)]
    [InlineData("x" + Emoji, 64)]
    public void An_id_may_have_128_characters_whatever_they_are(string characters, int times)
    {
        using var world = new ChatWorld();
        var client = world.Join();
        var id = Repeat(characters, times);

        client.Say(id, "text");
        world.Answer("text", "", ended: true);

        Assert.Equal([$"{id} ended Completed"], client.Told);
    }

    [Theory]
    [InlineData("x", 129, "x", 128)]
    [InlineData("x", 1_000_000, "x", 128)]
    [InlineData(Emoji, 129, Emoji, 128)]
    [InlineData(Emoji, 1_000_000, Emoji, 128)]
    [InlineData("x" + Emoji + Emoji, 43, "x" + Emoji + Emoji, 42, "x" + Emoji)]
    public void An_id_that_has_more_is_told_shortened_to_what_no_id_can_be(string characters, int times, string told, int toldTimes, string rest = "")
    {
        using var world = new ChatWorld();
        var client = world.Join();

        client.Say(Repeat(characters, times), "text");

        Assert.Equal([$"{Repeat(told, toldTimes)}{rest}… rejected InvalidField"], client.Told);
        Assert.Empty(world.Sent);
    }

    [Fact]
    public void The_refusal_of_a_longer_id_is_none_of_a_turn_whose_id_it_begins_with()
    {
        using var world = new ChatWorld();
        var client = world.Join();
        var id = Repeat("x", 128);

        client.Say(id, "text");
        client.Say(id + "a", "other");
        world.Answer("text", "", ended: true);

        Assert.Equal([$"{id} ended Completed"], client.Told.Where(told => told.StartsWith($"{id} ", StringComparison.Ordinal)));
    }

    private static string Repeat(string characters, int times) => string.Concat(Enumerable.Repeat(characters, times));
}
