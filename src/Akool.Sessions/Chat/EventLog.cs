namespace Akool.Sessions.Chat;

/// <summary>
/// The latest events of a session, without holes in their sequences, bounded by bytes and by age. Not safe for threads: its hub's lock guards it.
/// What every turn makes is kept as bytes (<see cref="EventPages"/>): as objects, a log of a thousand events for each of a thousand sessions would be
/// walked through by every garbage collection. An empty log holds no memory worth speaking of.
/// </summary>
internal sealed class EventLog(int maxBytes)
{
    private readonly EventPages _pages = new();
    private Queue<ChatEvent>? _rare;
    private long _rareBytes;

    /// <summary>How many events are kept.</summary>
    public int Count { get; private set; }

    /// <summary>Sequence of the oldest event kept; one more than the last one where none is.</summary>
    public long First { get; private set; } = 1;

    /// <summary>Timestamp of the oldest event kept; <see cref="MonotonicTime.Never"/> where none is.</summary>
    public long OldestAt => Count == 0 ? MonotonicTime.Never : IsRare(First, out var rare) ? rare.At : _pages.First.At;

    /// <summary>Whether the log holds more bytes than it may. The newest event is always kept.</summary>
    public bool IsOverfull => _rareBytes + _pages.Bytes > maxBytes && Count > 1;

    /// <summary>Adds the next event. What no longer fits is taken by <see cref="TryDropOldest"/>, which the caller asks while <see cref="IsOverfull"/>.</summary>
    public void Append(ChatEvent chatEvent)
    {
        if (chatEvent.Sequence != First + Count) throw new InvalidOperationException($"event {chatEvent.Sequence} does not follow {First + Count - 1}");
        Count++;
        if (_pages.TryAppend(chatEvent)) return;
        (_rare ??= new()).Enqueue(chatEvent);
        _rareBytes += chatEvent.Cost;
    }

    /// <summary>Takes the oldest event out.</summary>
    public bool TryDropOldest(out LoggedEvent dropped)
    {
        dropped = default;
        if (Count == 0) return false;
        if (IsRare(First, out var rare))
        {
            _rare!.Dequeue();
            _rareBytes -= rare.Cost;
            dropped = new(rare.Sequence, rare.Stream, rare.Audience);
        }
        else
        {
            dropped = _pages.First.Event;
            _pages.DropFirst();
        }
        First++;
        Count--;
        return true;
    }

    /// <summary>Forgets all events.</summary>
    public void Clear()
    {
        _pages.Clear();
        _rare = null;
        _rareBytes = 0;
        First += Count;
        Count = 0;
    }

    /// <summary>The events that are kept from a sequence on, equal to what was appended. The log must not change before the last one is taken.</summary>
    public IEnumerable<ChatEvent> From(long sequence)
    {
        using var frequent = _pages.From(sequence).GetEnumerator();
        var next = frequent.MoveNext() ? frequent.Current : null;
        foreach (var rare in _rare ?? [])
        {
            if (rare.Sequence < sequence) continue;
            for (; next is not null && next.Sequence < rare.Sequence; next = frequent.MoveNext() ? frequent.Current : null) yield return next;
            yield return rare;
        }
        for (; next is not null; next = frequent.MoveNext() ? frequent.Current : null) yield return next;
    }

    private bool IsRare(long sequence, out ChatEvent rare)
    {
        rare = null!;
        return _rare is not null && _rare.TryPeek(out rare!) && rare.Sequence == sequence;
    }
}
