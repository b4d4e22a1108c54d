using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Fakes;

/// <summary>Opens fake sockets, and remembers them and all that was handed to any of them. Safe from any thread.</summary>
internal sealed class FakeSocketFactory : IChatSocketFactory
{
    private readonly Lock _gate = new(); // guards _sockets and _wire
    private readonly List<FakeSocket> _sockets = [];
    private readonly List<TurnFrame> _wire = [];

    /// <summary>What opening fails with; null: it goes well.</summary>
    public SessionError? Refusal { get; set; }

    /// <summary>Runs instead of opening, and may throw or wait.</summary>
    public Func<CancellationToken, Task>? BeforeOpen { get; set; }

    /// <summary>Called with each frame that was handed to a socket, on the sender's thread.</summary>
    public Action<FakeSocket, TurnFrame>? Handed { get; set; }

    /// <summary>How often a socket was asked for.</summary>
    public int Attempts { get; private set; }

    /// <summary>New sockets hold up what is sent until they are told to go on.</summary>
    public bool BornStalled { get; set; }

    /// <summary>All sockets that were opened, in order.</summary>
    public IReadOnlyList<FakeSocket> Sockets
    {
        get
        {
            lock (_gate) return [.. _sockets];
        }
    }

    /// <summary>All frames that were handed to any socket, in order.</summary>
    public IReadOnlyList<TurnFrame> Wire
    {
        get
        {
            lock (_gate) return [.. _wire];
        }
    }

    public async Task<Result<IChatSocket>> OpenAsync(ChatRoom room, CancellationToken cancellation)
    {
        Attempts++;
        if (BeforeOpen is { } before) await before(cancellation);
        if (Refusal is { } refusal) return refusal;
        var socket = new FakeSocket(this) { IsStalled = BornStalled };
        lock (_gate) _sockets.Add(socket);
        return Result.Ok<IChatSocket>(socket);
    }

    internal void Note(FakeSocket socket, in TurnFrame frame)
    {
        lock (_gate) _wire.Add(frame);
        Handed?.Invoke(socket, frame);
    }
}
