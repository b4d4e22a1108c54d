using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Fakes;

/// <summary>A websocket that does what a test says, and notes where its caller breaks the port's rules. Safe from any thread.</summary>
internal sealed class FakeSocket(FakeSocketFactory factory) : IChatSocket
{
    private readonly Lock _gate = new(); // guards all fields
    private readonly Queue<ReceivedFrame> _incoming = new();
    private readonly List<string> _breaches = [];
    private TaskCompletionSource<ReceivedFrame>? _receiving;
    private TaskCompletionSource<bool>? _sending;
    private bool _ended;
    private bool _isDisposed;

    /// <summary>Whether what is sent is held up.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Thrown by the next send, which is a bug of the socket.</summary>
    public Exception? Thrown { get; set; }

    /// <summary>The next send fails, and how much of it went out is not known.</summary>
    public bool Breaks { get; set; }

    /// <summary>It is over.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate) return _ended;
        }
    }

    /// <summary>Its caller said goodbye.</summary>
    public bool IsClosed { get; private set; }

    public bool IsDisposed => _isDisposed;

    /// <summary>A send is held up.</summary>
    public bool IsSending => _sending is not null;

    public SocketEnd End { get; private set; }

    /// <summary>The rules of the port that its caller broke.</summary>
    public IReadOnlyList<string> Breaches
    {
        get
        {
            lock (_gate) return [.. _breaches];
        }
    }

    public ValueTask<bool> SendAsync(in TurnFrame frame)
    {
        lock (_gate)
        {
            if (_sending is not null) _breaches.Add("two sends at once");
            if (IsClosed) _breaches.Add("a send after goodbye");
            if (Thrown is { } thrown) throw thrown;
            if (_ended) return new(false);
            factory.Note(this, frame);
            if (Breaks) return new(false);
            if (!IsStalled) return new(true);
            _sending = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(_sending.Task);
        }
    }

    public ValueTask<ReceivedFrame> ReceiveAsync()
    {
        lock (_gate)
        {
            if (_receiving is not null) _breaches.Add("two receives at once");
            if (_isDisposed) _breaches.Add("a receive after the disposal");
            if (_incoming.TryDequeue(out var frame)) return new(frame);
            if (_ended) return new(default(ReceivedFrame));
            _receiving = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(_receiving.Task);
        }
    }

    public ValueTask CloseAsync()
    {
        lock (_gate)
        {
            if (_sending is not null) _breaches.Add("a goodbye in the middle of a send");
            IsClosed = true;
        }
        Lose(1000);
        return default;
    }

    public void Abort(Exception? cause = null) => Lose(1006, cause);

    public ValueTask DisposeAsync()
    {
        lock (_gate) _isDisposed = true;
        return default;
    }

    /// <summary>The peer sends an answer.</summary>
    public void Answer(WireTurnId id, string text, bool ended = false) => Deliver(new(ReceivedFrameKind.Answer, true, id, text, ended));

    /// <summary>The peer sends a frame.</summary>
    public void Deliver(ReceivedFrame frame)
    {
        lock (_gate)
        {
            if (_ended) return;
            if (_receiving is not { } receiving) _incoming.Enqueue(frame);
            else
            {
                _receiving = null;
                receiving.SetResult(frame);
            }
        }
    }

    /// <summary>The peer takes what was held up.</summary>
    public void Flow(bool keepStalled = false)
    {
        lock (_gate)
        {
            IsStalled = keepStalled;
            var sending = _sending;
            _sending = null;
            sending?.SetResult(true);
        }
    }

    /// <summary>The socket ends. What came before it is still received.</summary>
    public void Lose(int closeCode = 1006, Exception? cause = null)
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            End = new(closeCode, cause);
            _sending?.SetResult(false);
            _receiving?.SetResult(default);
            (_sending, _receiving) = (null, null);
        }
    }
}
