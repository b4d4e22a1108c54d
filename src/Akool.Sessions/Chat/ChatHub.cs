using System.Globalization;
using System.Security.Cryptography;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Chat;

/// <summary>
/// Joins the chat streams of one session to its one socket. It has no task of its own: it runs on the callers' threads, on the link's, and on the turn
/// clock's. Safe from any thread.
/// </summary>
internal sealed class ChatHub
{
    private readonly Lock _gate = new(); // guards all fields below and everything in them
    private readonly HubEvents _events;
    private readonly SendQueue _queue;
    private readonly TurnTable _turns;
    private readonly TurnIntake _intake;
    private readonly HubSender _sender;
    private readonly StreamTable _streams;
    private readonly Session _session;
    private readonly SessionRuntime _runtime;
    private readonly ChatLink _link;
    private readonly string _epoch;
    private bool _closing;
    private bool _isWatched;
    private long _seenRevision;

    public ChatHub(Session session, SessionRuntime runtime)
    {
        (_session, _runtime) = (session, runtime);
        var epoch = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        _epoch = epoch.ToString("x8", CultureInfo.InvariantCulture);
        _events = new(runtime.ChatLimits, runtime.Time, runtime.Telemetry);
        _queue = new(runtime.ChatLimits.MaxQueuedBytes);
        _turns = new(epoch, _events, _queue, runtime.ChatLimits, runtime.Time, new TurnObserver(session, runtime.Telemetry),
            unsentMayWait: session.State == SessionState.Queueing); // whoever makes a hub holds the session's lock, so that no change is missed
        _intake = new(_turns, _queue, _events, runtime.ChatLimits);
        _sender = new(_turns, _queue);
        _streams = new(_events, runtime.ChatLimits, runtime.Time);
        _link = new(this, session, runtime);
    }

    /// <summary>Timestamp at which a turn's time may have come. Read by the clock without the lock.</summary>
    public long NextDeadline => _turns.NextDeadline;

    /// <summary>Whether the turn clock watches this hub. Written under the clock's lock; read without it, after the deadline was set.</summary>
    public bool IsWatched { get => Volatile.Read(ref _isWatched); set => Volatile.Write(ref _isWatched, value); }

    /// <summary>Joins a call to a new stream or to one that it continues. Errors: GatewayDraining, SessionNotActive, InvalidField.</summary>
    public Result<ChatAttachment> Attach(ChatAttach attach, IChatSink sink)
    {
        ChatAttachment call;
        lock (_gate)
        {
            // Under the lock, so that a drain that begins now finds its stream.
            if ((_runtime.Draining ?? (IsClosing ? Session.NotActive : null)) is { } refusal) return refusal;
            var joined = _streams.Join(this, attach, sink, _epoch);
            if (!joined.IsOk) return joined.Error;
            call = joined.Value.Call;
            _session.StreamsAttached(_streams.AttachedCount);
            _events.Join(call.Stream, _session.Snapshot(), _epoch, attach.ResumeFrom?.Sequence ?? 0, joined.Value.Outcome);
            _runtime.Telemetry.Attached(joined.Value.Outcome);
        }
        _link.Start(attach.Trace);
        SendAndFlush();
        return call;
    }

    public void Detach(ChatAttachment call)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(call.Stream.Call, call)) return;
            call.Outbox.Abandon();
            _streams.Leave(call.Stream);
            _session.StreamsAttached(_streams.AttachedCount);
        }
    }

    /// <summary>Takes or refuses a part; waits while the socket is full.</summary>
    public ValueTask SubmitAsync(ChatAttachment call, in TurnPart part)
    {
        if (TrySubmit(call, part, out var room)) return default;
        return WaitAndSubmitAsync(call, part, room!);
    }

    public void Reject(ChatAttachment call, in TurnPart part, SessionError problem)
    {
        lock (_gate)
            if (IsCurrent(call)) _intake.Take(call.Stream, part, TurnSettings.Empty, problem);
        SendAndFlush();
    }

    public void Interrupt(ChatAttachment call, string turnId)
    {
        lock (_gate)
        {
            if (!IsCurrent(call)) return;
            if (turnId.Length == 0) _sender.Pause(_turns.EndAll(TurnOutcome.Interrupted));
            else if (call.Stream.Find(turnId) is { } turn)
            {
                _sender.Pause(turn.State == TurnState.Sent);
                _turns.End(turn, TurnOutcome.Interrupted);
            }
        }
        SendAndFlush();
    }

    public void Acknowledge(ChatAttachment call, long sequence)
    {
        lock (_gate)
            if (IsCurrent(call) && sequence > call.Stream.Acked && sequence <= _events.LastSequence) _events.Acknowledge(call.Stream, sequence);
    }

    public void Ping(ChatAttachment call, ClientTime? clientTime)
    {
        lock (_gate)
            if (IsCurrent(call)) _events.Pong(call.Stream, clientTime);
        SendAndFlush();
    }

    public void CompleteInput(ChatAttachment call)
    {
        lock (_gate)
        {
            if (!IsCurrent(call)) return;
            call.Stream.InputCompleted = true;
            if (call.Stream.OpenTurns == 0) _events.End(call.Stream, error: null);
        }
        SendAndFlush();
    }

    /// <summary>Tells every stream that it will be ended soon.</summary>
    public void GoAway(GoAwayReason reason, TimeSpan timeLeft)
    {
        lock (_gate)
            if (!_closing) _events.GoAway(reason, timeLeft);
        SendAndFlush();
    }

    /// <summary>The session has changed: the streams are told, in the order of the changes. In a terminal state this ends them.</summary>
    public void OnSessionChanged(SessionSnapshot session)
    {
        lock (_gate)
        {
            if (session.Record.Revision <= _seenRevision) return;
            _seenRevision = session.Record.Revision;
            if (session.Record.State is SessionState.Closing or SessionState.Closed or SessionState.Failed) EndTurns();
            else if (session.Record.State != SessionState.Queueing) _turns.LimitUnsent();
            _events.SessionChanged(session);
            if (session.Record.IsTerminal) _events.EndAll();
        }
        if (session.Record.IsTerminal) _ = _link.StopAsync(); // the first stream may have joined after the closer had looked for a hub to close
        else _link.Start();
        SendAndFlush();
    }

    public void End(ChatAttachment call, SessionError error)
    {
        lock (_gate)
            if (IsCurrent(call)) _events.End(call.Stream, error, writeQueued: false);
        SendAndFlush();
    }

    /// <summary>Ends every call with an error, after what it is owed.</summary>
    public void EndStreams(SessionError error)
    {
        lock (_gate)
            foreach (var stream in _events.Streams) _events.End(stream, error);
        SendAndFlush();
    }

    /// <summary>No more turns, and the socket is closed; the streams stay until <see cref="OnSessionChanged"/> says the end. Idempotent.</summary>
    public Task CloseAsync()
    {
        lock (_gate) EndTurns();
        SendAndFlush();
        return _link.StopAsync();
    }

    /// <summary>Open turns now.</summary>
    public int OpenTurns { get { lock (_gate) return _turns.OpenCount; } }

    /// <summary>Bytes of turns that wait for the socket now.</summary>
    public long QueuedBytes { get { lock (_gate) return _queue.Bytes; } }

    /// <summary>Bytes that wait for the clients of all its streams.</summary>
    public long OutboxBytes { get { lock (_gate) return _events.Streams.Sum(stream => stream.Outbox?.Bytes ?? 0); } }

    /// <summary>Forgets what is too old for a resume; gives when that will be so again.</summary>
    public long Prune(long now)
    {
        lock (_gate) return Math.Min(_events.Prune(now), _streams.Prune(now));
    }

    /// <summary>Ends the turns whose time has come.</summary>
    public void Expire(long now)
    {
        lock (_gate) _turns.Expire(now);
        SendAndFlush();
    }

    /// <summary>The link has a socket.</summary>
    public void OnConnected(IChatSocket socket)
    {
        lock (_gate) _sender.Connected(socket);
        SendAndFlush();
    }

    /// <summary>The link's socket is gone. What was not sent waits for the next one, if there will be one.</summary>
    public void OnLost(bool willReconnect)
    {
        lock (_gate)
        {
            _sender.Lost();
            _turns.Lost(keepUnsent: willReconnect);
        }
        SendAndFlush();
    }

    /// <inheritdoc cref="HubSender.PauseOver"/>
    public void OnPauseOver() { lock (_gate) _sender.PauseOver(); }

    /// <summary>A frame has come. What it means is told and done with the next <see cref="SendAndFlush"/>.</summary>
    public void OnFrame(in ReceivedFrame frame)
    {
        var matched = false;
        if (frame is { Kind: ReceivedFrameKind.Answer, HasId: true })
            lock (_gate) matched = _turns.Answer(frame.Id, frame.Text, frame.AnswerEnded);
        if (matched) _session.Touch();
        else _runtime.Telemetry.Unmatched.Add(1);
    }

    /// <summary>Sends what waits and tells what has happened. Outside the lock, after anything that may have set a deadline or queued a frame or an event.</summary>
    public void SendAndFlush()
    {
        _link.Kick();
        _runtime.Clock.Watch(this);
        while (_events.HasDirty && TakeDirty() is { } outbox) outbox.Kick(); // without the lock, as in TryBeginSending

        StreamOutbox? TakeDirty() { lock (_gate) return _events.TakeDirty(); }
    }

    /// <inheritdoc cref="HubSender.TryBegin"/>
    public bool TryBeginSending(out IChatSocket socket)
    {
        socket = null!;
        if (!_sender.HasWork) return false; // whoever has queued something sees it; what another one queues at this moment is that one's to send
        lock (_gate) return _sender.TryBegin(out socket);
    }

    /// <inheritdoc cref="HubSender.TryNext"/>
    public bool TryNextStep(IChatSocket socket, out TurnFrame frame, out bool pause)
    {
        lock (_gate)
            if (!_sender.TryNext(socket, out frame, out pause)) return false;
        _runtime.Clock.Watch(this);
        return true;
    }

    private async ValueTask WaitAndSubmitAsync(ChatAttachment call, TurnPart part, TaskCompletionSource room)
    {
        var since = _runtime.Time.GetTimestamp();
        while (await SendQueue.WaitAsync(room, since, _runtime.Time))
            if (TrySubmit(call, part, out room!)) return;
        Reject(call, part, _intake.QueueFull);
    }

    private bool TrySubmit(ChatAttachment call, in TurnPart part, out TaskCompletionSource? room)
    {
        room = null;
        lock (_gate)
        {
            if (!IsCurrent(call)) return true;
            var refusal = TurnRules.Check(part, _runtime.ChatLimits) ?? (_closing ? Session.NotActive : part.PartIndex == 0 ? _runtime.Draining : null);
            if (refusal is null && _sender.Socket is not null && !_intake.HasRoomFor(part))
            {
                room = _queue.Room();
                return false;
            }
            _sender.Pause(_intake.Take(call.Stream, part, _session.Config.TurnDefaults, refusal));
        }
        _session.Touch();
        SendAndFlush();
        return true;
    }

    // All below: under _gate.

    private bool IsClosing => _closing || _session.State is SessionState.Closing or SessionState.Closed or SessionState.Failed;

    private static bool IsCurrent(ChatAttachment call) => ReferenceEquals(call.Stream.Call, call);

    private void EndTurns()
    {
        _closing = true;
        _turns.Lost(keepUnsent: false);
    }
}
