using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>Chat rooms in which nobody says anything.</summary>
internal sealed class FakeRooms : IChatSocketFactory
{
    public Task<Result<IChatSocket>> OpenAsync(ChatRoom room, CancellationToken cancellation) =>
        Task.FromResult(Result.Ok<IChatSocket>(new SilentSocket()));

    private sealed class SilentSocket : IChatSocket
    {
        private readonly TaskCompletionSource<ReceivedFrame> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SocketEnd End => new(1000, null);

        public ValueTask<bool> SendAsync(in TurnFrame frame) => new(true);

        public ValueTask<ReceivedFrame> ReceiveAsync() => new(_end.Task);

        public ValueTask CloseAsync()
        {
            Abort();
            return default;
        }

        public void Abort(Exception? cause = null) => _end.TrySetResult(new(ReceivedFrameKind.Closed, false, default, "", false));

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>A client that reads everything at once.</summary>
internal sealed class FakeSink : IChatSink
{
    private readonly Lock _gate = new(); // guards _events
    private readonly List<ChatEvent> _events = [];

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
        return default;
    }
}
