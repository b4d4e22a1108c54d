using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Chat;

/// <summary>
/// Supervises the socket of one hub: opens it, reads it, opens the next one after a loss that is worth it. Owns the one task of a session's chat; who
/// sends is whoever has something to send (<see cref="Kick"/>), one at a time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without timer or wait handle holds nothing; StopAsync may be called twice.")]
internal sealed class ChatLink(ChatHub hub, Session session, SessionRuntime runtime)
{
    /// <summary>First wait before another socket; doubled up to <see cref="Cap"/>, with full jitter.</summary>
    public static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait before another socket.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(10);

    // A socket that lived this long starts the waits anew.
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(1);

    // So many frames are read before the streams get theirs, where more are there already: one flush for a burst.
    private const int MaxBurst = 32;

    private readonly Lock _gate = new(); // guards _run and _started
    private readonly CancellationTokenSource _stopping = new();
    private Task _run = Task.CompletedTask;
    private Task _sender = Task.CompletedTask;
    private volatile IChatSocket? _socket;
    private bool _started;
    private volatile bool _stopped;

    /// <summary>Opens the socket, if the session is running and nobody has yet.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_started || _stopped || session.Room is null || session.State is not (SessionState.Active or SessionState.Paused)) return;
            _started = true;
            _run = RunAsync(_stopping.Token);
        }
    }

    /// <summary>Closes the socket for good; done when it is. Idempotent.</summary>
    public async Task StopAsync()
    {
        lock (_gate) _stopped = true;
        await SayGoodbyeAsync();
        await _stopping.CancelAsync();
        await _run;
        await _sender;
    }

    /// <summary>Sends what waits, unless somebody does. The caller sends as long as the socket takes it at once, and is not held up.</summary>
    public void Kick()
    {
        if (!hub.TryBeginSending(out var socket)) return;
        var sender = SendAllAsync(socket);
        if (!sender.IsCompleted) _sender = sender;
    }

    // The hub sends nothing new by now; a peer that does not take the last frame gets no goodbye.
    private async Task SayGoodbyeAsync()
    {
        if (_socket is not { } socket) return;
        try
        {
            await _sender.WaitAsync(GoodbyeLimit, runtime.Time);
            await socket.CloseAsync();
        }
        catch (TimeoutException) { }
    }

    private async Task SendAllAsync(IChatSocket socket)
    {
        while (hub.TryNextStep(socket, out var frame, out var pause))
        {
            if (pause) await session.PauseMediaAsync();
            else
            {
                session.OnFrameSent();
                if (!await socket.SendAsync(frame)) socket.Abort(); // the reader learns of it, and the hub by the reader
            }
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        Activity.Current = null; // the first caller's trace must not be the parent of all that this session does
        await Task.Yield();
        for (var attempt = 0; !stopping.IsCancellationRequested; attempt++)
        {
            var started = runtime.Time.GetTimestamp();
            if (!await RunOnceAsync(stopping)) return;
            if (runtime.Time.GetElapsedTime(started) >= StableAfter) attempt = 0;
            var wait = Backoff.For(attempt, Floor, Cap, runtime.Jitter());
            try { await Task.Delay(wait, runtime.Time, stopping); }
            catch (OperationCanceledException) { return; }
        }
    }

    // One socket from opening to its end. False: another one is not worth it, or not wanted.
    private async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var opened = await runtime.Sockets.OpenAsync(session.Room!, stopping);
        if (stopping.IsCancellationRequested)
        {
            if (opened.IsOk) await opened.Value.DisposeAsync();
            return false;
        }
        if (!opened.IsOk)
        {
            var worthAnother = opened.Error.Code == SessionErrorCode.UpstreamUnavailable;
            Log.RoomNotOpened(runtime.Logger, session.Id, opened.Error.Code, opened.Error.Detail);
            hub.OnLost(worthAnother);
            session.Suspect(roomRefused: !worthAnother);
            return worthAnother;
        }
        await using var socket = opened.Value;
        await using var stop = stopping.Register(static socket => ((IChatSocket)socket!).Abort(), socket);
        runtime.Telemetry.ConnectionOpened();
        _socket = socket;
        hub.OnConnected(socket);
        await ReceiveAllAsync(socket);
        _socket = null;
        runtime.Telemetry.ConnectionClosed(socket.End.CloseCode);
        var wanted = !_stopped;
        var reconnect = wanted && ReconnectRule.IsWorthAnother(socket.End.CloseCode);
        hub.OnLost(reconnect);
        if (!wanted) return false;
        Log.RoomLost(runtime.Logger, session.Id, socket.End.CloseCode, reconnect, socket.End.Cause?.GetType().Name);
        session.Suspect(roomRefused: !reconnect);
        return reconnect;
    }

    private async Task ReceiveAllAsync(IChatSocket socket)
    {
        var burst = 0;
        while (true)
        {
            var next = socket.ReceiveAsync();
            if (!next.IsCompleted || ++burst > MaxBurst)
            {
                hub.Flush();
                burst = 0;
            }
            var frame = await next;
            if (frame.Kind == ReceivedFrameKind.Closed) break;
            hub.OnFrame(frame);
        }
        hub.Flush();
    }
}
