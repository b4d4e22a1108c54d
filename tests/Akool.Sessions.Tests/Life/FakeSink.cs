using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Life;

/// <summary>A client that reads everything at once.</summary>
internal sealed class FakeSink : IChatSink
{
    private readonly Lock _gate = new(); // guards _events
    private readonly List<ChatEvent> _events = [];

    /// <summary>Called with each event, once it is in the list.</summary>
    public Action<ChatEvent>? Told { get; init; }

    public IReadOnlyList<ChatEvent> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    public ValueTask WriteAsync(ChatEvent chatEvent, bool moreFollows)
    {
        lock (_gate) _events.Add(chatEvent);
        Told?.Invoke(chatEvent);
        return default;
    }
}
