using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Fakes;

/// <summary>A client's end of a stream: writes down what it is told, and can be slow, stuck or gone. Safe from any thread.</summary>
internal sealed class RecordingSink : IChatSink
{
    private readonly Lock _gate = new(); // guards all fields
    private readonly List<ChatEvent> _events = [];
    private readonly List<bool> _more = [];
    private TaskCompletionSource? _blocked;
    private bool _isWriting;

    /// <summary>Each write waits until <see cref="Read"/>.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Each write throws: the client is gone.</summary>
    public bool IsGone { get; set; }

    /// <summary>Two writes were under way at once.</summary>
    public bool WasRaced { get; private set; }

    /// <summary>A write waits for the client.</summary>
    public bool IsBlocked => _blocked is not null;

    /// <summary>All that was written.</summary>
    public IReadOnlyList<ChatEvent> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    /// <summary>Whether the last write was flushed.</summary>
    public bool IsFlushed
    {
        get
        {
            lock (_gate) return _more.Count == 0 || !_more[^1];
        }
    }

    public async ValueTask WriteAsync(ChatEvent chatEvent, bool moreFollows)
    {
        Task wait;
        lock (_gate)
        {
            if (_isWriting) WasRaced = true;
            if (IsGone) throw new IOException("the client is gone");
            _isWriting = true;
            _events.Add(chatEvent);
            _more.Add(moreFollows);
            if (IsSlow) _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
            wait = _blocked?.Task ?? Task.CompletedTask;
        }
        await wait;
        lock (_gate) _isWriting = false;
    }

    /// <summary>The client takes what waits; it stays slow unless told otherwise.</summary>
    public void Read(bool staysSlow = true)
    {
        lock (_gate)
        {
            IsSlow = staysSlow;
            var blocked = _blocked;
            _blocked = null;
            blocked?.SetResult();
        }
    }
}
