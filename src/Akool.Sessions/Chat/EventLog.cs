namespace Akool.Sessions.Chat;

/// <summary>
/// The latest events of a session, without holes in their sequences, bounded by bytes and by age. Not safe for threads: its hub's lock guards it.
/// An empty log holds no memory worth speaking of.
/// </summary>
internal sealed class EventLog(int maxBytes)
{
    private const int FirstCapacity = 8;

    private ChatEvent[] _ring = [];
    private int _head;
    private int _bytes;

    /// <summary>How many events are kept.</summary>
    public int Count { get; private set; }

    /// <summary>Sequence of the oldest event kept; one more than the last one where none is.</summary>
    public long First { get; private set; } = 1;

    /// <summary>The oldest event kept; null: none.</summary>
    public ChatEvent? Oldest => Count == 0 ? null : _ring[_head];

    /// <summary>The event with a sequence that is kept.</summary>
    public ChatEvent this[long sequence] => _ring[(_head + (int)(sequence - First)) & (_ring.Length - 1)];

    /// <summary>Adds the next event. What no longer fits is taken by <see cref="TryDropOldest"/>, which the caller asks while <see cref="IsOverfull"/>.</summary>
    public void Append(ChatEvent chatEvent)
    {
        if (chatEvent.Sequence != First + Count) throw new InvalidOperationException($"event {chatEvent.Sequence} does not follow {First + Count - 1}");
        if (Count == _ring.Length) Grow();
        _ring[(_head + Count) & (_ring.Length - 1)] = chatEvent;
        Count++;
        _bytes += chatEvent.Cost;
    }

    /// <summary>Whether the log holds more bytes than it may. The newest event is always kept.</summary>
    public bool IsOverfull => _bytes > maxBytes && Count > 1;

    /// <summary>Takes the oldest event out.</summary>
    public bool TryDropOldest(out ChatEvent dropped)
    {
        if (Count == 0)
        {
            dropped = null!;
            return false;
        }
        dropped = _ring[_head];
        _ring[_head] = null!;
        _head = (_head + 1) & (_ring.Length - 1);
        _bytes -= dropped.Cost;
        First++;
        if (--Count == 0) (_ring, _head) = ([], 0);
        return true;
    }

    private void Grow()
    {
        var larger = new ChatEvent[Math.Max(FirstCapacity, _ring.Length * 2)];
        for (var i = 0; i < Count; i++) larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        (_ring, _head) = (larger, 0);
    }
}
