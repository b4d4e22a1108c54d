namespace Akool.Sessions.Chat;

/// <summary>
/// The latest contents by name, the oldest forgotten first; not safe for threads. A ring in the order of coming, and an index over it whose slots hold
/// enough of the name that a name which is not there costs one look at memory, not four: on a busy gateway none of it is in the processor's cache. An
/// empty one holds no memory worth speaking of; it grows with what it remembers, to 24 bytes for each.
/// </summary>
/// <param name="capacity">How many are remembered: a power of two, at most 8 192.</param>
internal sealed class PartMemory(int capacity)
{
    private const int FirstRing = 8;

    // A slot: the place in the ring, from 1 (0: the slot is free), above it the lowest bits of the name. They say where its search began, too.
    private const int PlaceBits = 14;
    private const uint PlaceMask = (1u << PlaceBits) - 1;

    private (ulong Name, ulong Content)[] _ring = [];
    private uint[] _slots = [];
    private int _oldest;

    /// <summary>Names that are remembered.</summary>
    public int Count { get; private set; }

    /// <summary>The content of a name. False: it is not remembered.</summary>
    public bool TryGet(ulong name, out ulong content)
    {
        var slot = Find(name);
        content = slot < 0 ? 0 : Entry(slot).Content;
        return slot >= 0;
    }

    /// <summary>Remembers a name that is not remembered, as the newest; gives one that is another content.</summary>
    public void Set(ulong name, ulong content)
    {
        if (Find(name) is var known and >= 0)
        {
            Entry(known).Content = content;
            return;
        }
        if (Count == capacity) ForgetOldest();
        else if (Count == _ring.Length) Grow();
        var place = (_oldest + Count++) & (_ring.Length - 1);
        _ring[place] = (name, content);
        Index(name, place);
    }

    private ref (ulong Name, ulong Content) Entry(int slot) => ref _ring[(_slots[slot] & PlaceMask) - 1];

    // The slot of a name; -1: none.
    private int Find(ulong name)
    {
        if (Count == 0) return -1;
        for (var slot = HomeOf(name); ; slot = Next(slot))
        {
            var value = _slots[slot];
            if (value == 0) return -1;
            if (value >> PlaceBits == TagOf(name) && Entry(slot).Name == name) return slot;
        }
    }

    private void Index(ulong name, int place)
    {
        var slot = HomeOf(name);
        while (_slots[slot] != 0) slot = Next(slot);
        _slots[slot] = (TagOf(name) << PlaceBits) | (uint)(place + 1);
    }

    private void ForgetOldest()
    {
        var free = HomeOf(_ring[_oldest].Name);
        while ((_slots[free] & PlaceMask) != _oldest + 1) free = Next(free);
        // A free slot ends a search: what was only placed behind it because it was taken moves up.
        for (var slot = Next(free); _slots[slot] != 0; slot = Next(slot))
        {
            var home = HomeOf(_slots[slot] >> PlaceBits);
            if (Distance(home, slot) < Distance(free, slot)) continue;
            _slots[free] = _slots[slot];
            free = slot;
        }
        _slots[free] = 0;
        _oldest = (_oldest + 1) & (_ring.Length - 1);
        Count--;
    }

    // Only while nothing was forgotten: the oldest stands first.
    private void Grow()
    {
        Array.Resize(ref _ring, Math.Max(FirstRing, 2 * _ring.Length));
        _slots = new uint[2 * _ring.Length];
        for (var place = 0; place < Count; place++) Index(_ring[place].Name, place);
    }

    private int HomeOf(ulong nameOrTag) => (int)nameOrTag & (_slots.Length - 1);

    private int Next(int slot) => (slot + 1) & (_slots.Length - 1);

    private int Distance(int from, int to) => (to - from) & (_slots.Length - 1);

    private static uint TagOf(ulong name) => (uint)(name & (uint.MaxValue >> PlaceBits));
}
