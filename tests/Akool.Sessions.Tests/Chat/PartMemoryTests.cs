using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class PartMemoryTests
{
    // Against a dictionary and a queue. Few names, so that they come again; few home slots, so that they are in each other's way and wrap around.
    [Theory]
    [InlineData(1, 4, 12)]
    [InlineData(2, 16, 40)]
    [InlineData(3, 64, 65)]
    [InlineData(4, 64, 500)]
    [InlineData(5, 8192, 20_000)]
    public void It_remembers_what_a_dictionary_and_a_queue_would(int seed, int capacity, int names)
    {
        var random = new Random(seed);
        var pool = Enumerable.Range(0, names).Select(_ => ((ulong)random.NextInt64() << 16) | (uint)random.Next(4) | (random.Next(2) == 0 ? 0xfffcUL : 0)).ToArray();
        var memory = new PartMemory(capacity);
        var contents = new Dictionary<ulong, ulong>();
        var order = new Queue<ulong>();

        for (var step = 0; step < 5 * names; step++)
        {
            var (name, content) = (pool[random.Next(names)], (ulong)step);
            memory.Set(name, content);
            if (!contents.ContainsKey(name)) order.Enqueue(name);
            contents[name] = content;
            if (order.Count > capacity) contents.Remove(order.Dequeue());

            var asked = pool[random.Next(names)];
            var isKnown = contents.TryGetValue(asked, out var expected);
            Assert.Equal((isKnown, expected), (memory.TryGet(asked, out var found), found));
            Assert.Equal(contents.Count, memory.Count);
        }

        Assert.All(pool, name => Assert.Equal(contents.ContainsKey(name), memory.TryGet(name, out _)));
    }

    [Fact]
    public void An_empty_one_knows_nothing() => Assert.False(new PartMemory(8).TryGet(0, out _));

    [Fact]
    public void A_name_of_nothing_but_zeros_is_a_name()
    {
        var memory = new PartMemory(8);

        memory.Set(0, 0);

        Assert.True(memory.TryGet(0, out var content));
        Assert.Equal(0UL, content);
    }
}
