namespace Akool.Sessions.Chat;

/// <summary>
/// The parts of turns that wait for the session's socket, in order, over all its connections. Bounded by bytes, counted with those of parked turns.
/// Not safe for threads: its hub's lock guards it.
/// </summary>
internal sealed class SendQueue(int maxBytes)
{
    private readonly Queue<(Turn Turn, string Text)> _parts = new();
    private long _bytes;
    private TaskCompletionSource? _room;

    /// <summary>Whether a part of this many characters still fits. An empty queue takes any.</summary>
    public bool HasRoomFor(int characters) => _bytes == 0 || _bytes + CostOf(characters) <= maxBytes;

    /// <summary>Done when something has left a queue that had no room. Not a promise: ask again.</summary>
    public Task WhenRoom() => (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Puts a part behind all others; its bytes are counted already where it was parked.</summary>
    public void Enqueue(Turn turn, string text, bool counted = false)
    {
        _parts.Enqueue((turn, text));
        if (!counted) Count(text);
    }

    /// <summary>Counts a part that waits elsewhere (with a parked turn).</summary>
    public void Count(string text) => _bytes += CostOf(text.Length);

    /// <summary>No longer counts a part.</summary>
    public void Release(string text)
    {
        _bytes -= CostOf(text.Length);
        _room?.TrySetResult();
        _room = null;
    }

    /// <summary>Takes the next part whose turn is still open; parts of turns that are over fall out on the way.</summary>
    public bool TryDequeue(out Turn turn, out string text)
    {
        while (_parts.TryDequeue(out var part))
        {
            (turn, text) = part;
            Release(text);
            if (turn.IsOpen) return true;
        }
        (turn, text) = (null!, null!);
        return false;
    }

    /// <summary>Whether nothing waits (parts of turns that are over count until they fall out).</summary>
    public bool IsEmpty => _parts.Count == 0;

    private static int CostOf(int characters) => 64 + 2 * characters;
}
