namespace Akool.Sessions.Chat;

/// <summary>
/// The parts of turns that wait for the session's socket, in order, over all its connections. Bounded by bytes, counted with those of parked turns.
/// Not safe for threads: its hub's lock guards it.
/// </summary>
internal sealed class SendQueue(int maxBytes)
{
    // How long one request of a client may be held up by a socket that takes nothing, before the turn is refused.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Queue<(Turn Turn, string Text)> _parts = new();
    private long _bytesOfEnded;
    private TaskCompletionSource? _room;

    /// <summary>Bytes that wait, of turns that are open.</summary>
    public long Bytes { get; private set; }

    /// <summary>Parts in the queue, with those of turns that have ended.</summary>
    public int Count => _parts.Count;

    /// <summary>Whether nothing waits to be sent (parts of turns that have ended may count until they fall out).</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Whether a part of this many characters still fits. An empty queue takes any.</summary>
    public bool HasRoomFor(int characters) => Bytes == 0 || Bytes + CostOf(characters) <= maxBytes;

    /// <summary>Waits for room, which is then no promise: ask again. False: it has been long enough, counted from <paramref name="since"/>. Outside the lock.</summary>
    public static async ValueTask<bool> WaitAsync(TaskCompletionSource room, long since, TimeProvider time)
    {
        var left = Patience - time.GetElapsedTime(since);
        if (left <= TimeSpan.Zero) return false;
        // Whoever has waited long enough wakes all; the others ask again, and wait on.
        await using (time.CreateTimer(static room => ((TaskCompletionSource)room!).TrySetResult(), room, left, Timeout.InfiniteTimeSpan)) await room.Task;
        return true;
    }

    /// <summary>Set when something has left a queue that had no room.</summary>
    public TaskCompletionSource Room() =>
        _room is { Task.IsCompleted: false } room ? room : _room = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Puts a part behind all others, or, where its turn is parked, behind those that wait with it.</summary>
    public void Enqueue(Turn turn, string text)
    {
        if (turn.ParkedParts is { } parked) parked.Add(text);
        else _parts.Enqueue((turn, text));
        var cost = CostOf(text.Length);
        turn.QueuedBytes += cost;
        Bytes += cost;
    }

    /// <summary>Puts the parts that wait with a parked turn behind all others.</summary>
    public void Unpark(Turn turn)
    {
        foreach (var text in turn.ParkedParts!) _parts.Enqueue((turn, text));
        turn.ParkedParts = null;
    }

    /// <summary>Takes the next part whose turn is still open.</summary>
    public bool TryDequeue(out Turn turn, out string text)
    {
        while (_parts.TryDequeue(out var part))
        {
            (turn, text) = part;
            var cost = CostOf(text.Length);
            if (!turn.IsOpen)
            {
                _bytesOfEnded -= cost;
                continue;
            }
            turn.QueuedBytes -= cost;
            Release(cost);
            return true;
        }
        (turn, text) = (null!, null!);
        return false;
    }

    /// <summary>A turn has ended: what waits of it is not sent, and its room is free at once.</summary>
    public void Forget(Turn turn)
    {
        if (turn.QueuedBytes == 0) return;
        if (turn.ParkedParts is null) _bytesOfEnded += turn.QueuedBytes;
        Release(turn.QueuedBytes);
        (turn.ParkedParts, turn.QueuedBytes) = (null, 0);
        if (Bytes == 0 || _bytesOfEnded > maxBytes) Compact();
    }

    private static int CostOf(int characters) => 64 + 2 * characters;

    private void Release(long cost)
    {
        Bytes -= cost;
        _room?.TrySetResult();
        _room = null;
    }

    // Seldom enough to cost nothing beside what was queued: each time at least a queue's bound of bytes goes.
    private void Compact()
    {
        for (var left = _parts.Count; left > 0; left--)
        {
            var part = _parts.Dequeue();
            if (part.Turn.IsOpen) _parts.Enqueue(part);
        }
        _bytesOfEnded = 0;
    }
}
