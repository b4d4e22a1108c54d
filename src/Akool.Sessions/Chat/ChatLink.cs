using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Chat;

/// <summary>
/// Supervises the socket of one hub: opens it, reads it, opens the next one after a loss that is worth it. Owns the one task of a session's chat; who
/// sends is whoever has something to send (<see cref="Kick"/>), one at a time. A port that throws is as good as a socket that is lost: the session
/// must go on, and above all it must end.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without timer or wait handle holds nothing.")]
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

    // Long answers count for several: a burst must not look like a client that does not read.
    private const int BurstUnit = 512;

    // RFC 6455, 7.1.5: lost without a word.
    private const int Lost = 1006;

    private readonly Lock _gate = new(); // guards _run, _stop and _started
    private readonly CancellationTokenSource _stopping = new();
    private readonly Nursery _senders = new(); // one for each socket at most
    private Task _run = Task.CompletedTask;
    private Task? _stop;
    private volatile IChatSocket? _socket;
    private bool _started;
    private volatile bool _stopped;

    /// <summary>Opens the socket, if the session is running and nobody has yet. The first one is opened within <paramref name="opener"/>'s trace.</summary>
    public void Start(ActivityContext opener = default)
    {
        lock (_gate)
        {
            if (_started || _stopped || session.Room is null || session.State is not (SessionState.Active or SessionState.Paused)) return;
            _started = true;
            _run = RunAsync(opener, _stopping.Token);
        }
    }

    /// <summary>Closes the socket for good; done when it is. Idempotent.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopped = true;
            return _stop ??= StopOnceAsync();
        }
    }

    /// <summary>Sends what waits, unless somebody does. The caller sends as long as the socket takes it at once, and is not held up.</summary>
    public void Kick()
    {
        if (hub.TryBeginSending(out var socket)) _senders.Add(SendAllAsync(socket));
    }

    private async Task StopOnceAsync()
    {
        await Task.Yield(); // the caller holds the lock
        await SayGoodbyeAsync();
        await _stopping.CancelAsync();
        await _run;
        await _senders.WhenAllAsync();
    }

    // The hub sends nothing new by now; a peer that does not take the last frame gets no goodbye.
    private async Task SayGoodbyeAsync()
    {
        if (_socket is not { } socket) return;
        try
        {
            await _senders.WhenAllAsync().WaitAsync(GoodbyeLimit, runtime.Time);
            await socket.CloseAsync();
        }
        catch (Exception) { } // stuck or broken; it is cut next
    }

    private async Task SendAllAsync(IChatSocket socket)
    {
        try
        {
            while (hub.TryNextStep(socket, out var frame, out var pause))
            {
                if (pause) await PauseAsync();
                else
                {
                    runtime.Telemetry.FramesSent.Add(1);
                    session.OnFrameSent();
                    if (await socket.SendAsync(frame)) continue;
                    socket.Abort(); // its reader learns of it, and the hub by the reader; what waits is the next socket's, and still unsent
                    return;
                }
            }
        }
        catch (Exception bug)
        {
            socket.Abort(bug);
        }
    }

    private async Task PauseAsync()
    {
        try { await session.PauseMediaAsync(_stopping.Token); }
        finally
        {
            hub.OnPauseOver();
            Kick(); // another socket may have come meanwhile, and waits
        }
    }

    private async Task RunAsync(ActivityContext opener, CancellationToken stopping)
    {
        Activity.Current = null; // the first caller's trace must not be the parent of all that this session does
        await Task.Yield();
        for (var attempt = 0; !stopping.IsCancellationRequested; attempt++)
        {
            var started = runtime.Time.GetTimestamp();
            if (!await RunOnceAsync(opener, stopping)) return;
            opener = default;
            if (runtime.Time.GetElapsedTime(started) >= StableAfter) attempt = 0;
            runtime.Telemetry.Reconnecting();
            var wait = Backoff.For(attempt, Floor, Cap, runtime.Jitter());
            try { await Task.Delay(wait, runtime.Time, stopping); }
            catch (OperationCanceledException) { return; }
        }
    }

    // One socket from opening to its end. False: another one is not worth it, or not wanted.
    private async Task<bool> RunOnceAsync(ActivityContext trace, CancellationToken stopping)
    {
        var opened = await OpenAsync(trace, stopping);
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
        var end = await LiveAsync(socket);
        var wanted = !_stopped;
        runtime.Telemetry.ConnectionClosed(end.CloseCode, wanted);
        var reconnect = wanted && ReconnectRule.IsWorthAnother(end.CloseCode);
        hub.OnLost(reconnect);
        if (!wanted) return false;
        Log.RoomLost(runtime.Logger, session.Id, end.CloseCode, reconnect, end.Cause?.GetType().Name);
        session.Suspect(roomRefused: !reconnect);
        return reconnect;
    }

    private async Task<Result<IChatSocket>> OpenAsync(ActivityContext trace, CancellationToken stopping)
    {
        using var span = Telemetry.Begin("upstream connect", session.CreatedBy, ActivityKind.Client, trace);
        var opened = await TryOpenAsync(stopping);
        Telemetry.Tell(span, opened.Error);
        return opened;
    }

    private async Task<Result<IChatSocket>> TryOpenAsync(CancellationToken stopping)
    {
        try { return await runtime.Sockets.OpenAsync(session.Room!, stopping); }
        catch (Exception bug) { return new SessionError(SessionErrorCode.UpstreamUnavailable, $"the chat room was not opened ({bug.GetType().Name})"); }
    }

    // Gives why it ended.
    private async Task<SocketEnd> LiveAsync(IChatSocket socket)
    {
        runtime.Telemetry.ConnectionOpened();
        _socket = socket;
        SocketEnd end;
        try
        {
            hub.OnConnected(socket);
            await ReceiveAllAsync(socket);
            end = socket.End;
        }
        catch (Exception bug)
        {
            socket.Abort(bug);
            end = new(Lost, bug);
        }
        _socket = null;
        return end;
    }

    private async Task ReceiveAllAsync(IChatSocket socket)
    {
        var burst = 0;
        while (true)
        {
            var next = socket.ReceiveAsync();
            if (!next.IsCompleted || burst > MaxBurst)
            {
                hub.SendAndFlush();
                burst = 0;
            }
            var frame = await next;
            if (frame.Kind == ReceivedFrameKind.Closed) break;
            runtime.Telemetry.FramesReceived.Add(1);
            hub.OnFrame(frame);
            burst += 1 + frame.Text.Length / BurstUnit;
        }
        hub.SendAndFlush();
    }
}
