using Akool.Sessions.Ports;

namespace Akool.Sessions.Chat;

/// <summary>
/// The turns of one session: takes them, decides their order and their outcomes, and tells each once. Not safe for threads: its hub's lock guards it.
/// </summary>
internal sealed class TurnTable(
    uint epoch, HubEvents events, SendQueue queue, ChatLimits limits, TimeProvider time, TurnObserver observer, bool unsentMayWait)
{
    private static readonly SessionError NotTaken = new(SessionErrorCode.UpstreamTimeout, "AKOOL did not take the rest of the turn in time");

    private readonly Dictionary<int, Turn> _open = [];
    private readonly TurnList _answered = new(); // those that end by silence, the longest silent first: what ends next is not searched for
    private readonly TurnList _others = new();
    private int _lastNumber;
    private int _running;
    private bool _isEndingAll;
    private long _nextDeadline = MonotonicTime.Never;

    /// <summary>Timestamp before which no turn's time comes. May be read without the lock.</summary>
    public long NextDeadline => Volatile.Read(ref _nextDeadline);

    /// <summary>Whether turns that were not sent may wait without a limit of their own: while the session queues at AKOOL its leases bound them.</summary>
    public bool UnsentMayWait { get; private set; } = unsentMayWait;

    /// <summary>Turns that wait or run.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Takes a new turn. What it may be refused for was checked before.</summary>
    public void Begin(ChatStream stream, in TurnPart part, TurnSettings settings)
    {
        var now = time.GetTimestamp();
        var turn = new Turn(stream, part.TurnId, new(epoch, ++_lastNumber), settings, part.Policy, part.AnswerTimeout ?? limits.AnswerTimeout)
        {
            AcceptedAt = now, ActiveAt = now, State = TurnState.Waiting,
        };
        stream.Add(turn);
        stream.OpenTurns++;
        if (part.Policy == TurnPolicy.Queue && _open.Count > 0)
        {
            turn.State = TurnState.Parked;
            turn.ParkedParts = [];
        }
        _open.Add(turn.WireId.Number, turn);
        if (turn.State != TurnState.Parked) _running++;
        Place(turn);
        observer.Taken(turn);
        Continue(turn, part);
    }

    /// <summary>Takes the next part of an open turn.</summary>
    public void Continue(Turn turn, in TurnPart part)
    {
        turn.TakePart(FinishedTurns.ContentOf(part), part.MoreFollows);
        events.Accepted(turn.Stream, part, duplicate: false);
        if (part.Text.Length > 0) queue.Enqueue(turn, part.Text);
        else Place(turn); // nothing but the end: an answered turn that is whole now may have been silent long enough
    }

    /// <summary>Takes the next part that is to be handed to a socket, and counts it as handed: from here on its turn can no longer be NOT_SENT.</summary>
    public bool TryHandOver(out TurnFrame frame)
    {
        if (!queue.TryDequeue(out var turn, out var text))
        {
            frame = default;
            return false;
        }
        turn.State = TurnState.Sent;
        turn.ActiveAt = time.GetTimestamp();
        Place(turn);
        frame = new(turn.WireId, text, turn.Settings);
        return true;
    }

    /// <summary>Passes an answer on to its turn. False: it belongs to none.</summary>
    public bool Answer(WireTurnId id, string text, bool ended)
    {
        if (id.Epoch != epoch || !_open.TryGetValue(id.Number, out var turn) || turn.State != TurnState.Sent) return false;
        var now = time.GetTimestamp();
        turn.ActiveAt = now;
        if (text.Length > 0 || !ended) // a frame may carry nothing but the end
        {
            if (turn.FirstAnswerLatency is null)
            {
                turn.FirstAnswerLatency = time.GetElapsedTime(turn.AcceptedAt, now);
                observer.Answered(turn);
            }
            events.Answered(turn, turn.Answers++, text, now);
        }
        if (ended && IsAllHanded(turn)) End(turn, TurnOutcome.Completed);
        else Place(turn);
        return true;
    }

    /// <summary>Ends one turn.</summary>
    public void End(Turn turn, TurnOutcome outcome, SessionError? problem = null)
    {
        if (!turn.IsOpen) throw new InvalidOperationException("a turn ends once");
        var wasParked = turn.State == TurnState.Parked;
        turn.State = TurnState.Ended;
        _open.Remove(turn.WireId.Number);
        turn.List!.Remove(turn);
        queue.Forget(turn);
        events.Ended(turn, outcome, problem);
        observer.Ended(turn, outcome);
        turn.Stream.OpenTurns--;
        turn.Stream.Finish(turn);
        if (turn.Stream is { InputCompleted: true, OpenTurns: 0 }) events.End(turn.Stream, error: null);
        if (!wasParked && --_running == 0 && !_isEndingAll) Unpark();
    }

    /// <summary>Ends every open turn with one outcome; says whether a part of any had been handed to a socket.</summary>
    public bool EndAll(TurnOutcome outcome)
    {
        var wasSent = false;
        _isEndingAll = true;
        foreach (var turn in Snapshot())
        {
            wasSent |= turn.State == TurnState.Sent;
            End(turn, outcome);
        }
        _isEndingAll = false;
        return wasSent;
    }

    /// <summary>The socket is gone: what was handed to it ends UNKNOWN. What was not is kept for the next one, or ends NOT_SENT.</summary>
    public void Lost(bool keepUnsent)
    {
        _isEndingAll = !keepUnsent;
        foreach (var turn in Snapshot())
        {
            if (turn.State == TurnState.Sent) End(turn, TurnOutcome.Unknown);
            else if (!keepUnsent) End(turn, TurnOutcome.NotSent);
        }
        _isEndingAll = false;
    }

    /// <summary>From now on turns that were not sent wait no longer than their answer timeout: the session no longer queues.</summary>
    public void LimitUnsent()
    {
        if (!UnsentMayWait) return;
        UnsentMayWait = false;
        var now = time.GetTimestamp();
        foreach (var turn in _open.Values)
        {
            if (turn.State == TurnState.Waiting) turn.ActiveAt = now;
            Lower(turn);
        }
    }

    /// <summary>Ends the turns whose time has come.</summary>
    public void Expire(long now)
    {
        Volatile.Write(ref _nextDeadline, MonotonicTime.Never);
        List<Turn>? due = null;
        var answered = _answered.First;
        for (; answered is not null && DeadlineOf(answered) <= now; answered = answered.Next) (due ??= []).Add(answered);
        if (answered is not null) Lower(answered);
        for (var turn = _others.First; turn is not null; turn = turn.Next)
        {
            if (DeadlineOf(turn) <= now) (due ??= []).Add(turn);
            else Lower(turn);
        }
        if (due is null) return;
        due.Sort(ByNumber);
        foreach (var turn in due) EndLate(turn);
    }

    private void EndLate(Turn turn)
    {
        if (turn.State != TurnState.Sent) End(turn, TurnOutcome.NotSent);
        else if (turn.Answers == 0) End(turn, TurnOutcome.NoAnswer);
        else if (IsAllHanded(turn)) End(turn, TurnOutcome.Completed);
        else End(turn, TurnOutcome.Failed, turn.IsWhole ? NotTaken : SessionError.Invalid("turn.part_index", $"part {turn.PartsTaken} did not come in time"));
    }

    private long DeadlineOf(Turn turn) => turn.State switch
    {
        _ when EndsBySilence(turn) => time.After(turn.ActiveAt, limits.AnswerQuietPeriod),
        TurnState.Sent => time.After(turn.ActiveAt, turn.AnswerTimeout),
        TurnState.Waiting when !UnsentMayWait => time.After(turn.ActiveAt, turn.AnswerTimeout),
        _ => MonotonicTime.Never,
    };

    // Nothing runs, so all that is open is parked: the first of them is next.
    private void Unpark()
    {
        if (_open.Count == 0) return;
        var turn = _open.Values.MinBy(static turn => turn.WireId.Number)!;
        turn.State = TurnState.Waiting;
        turn.ActiveAt = time.GetTimestamp();
        queue.Unpark(turn);
        _running++;
        Lower(turn);
    }

    private static bool IsAllHanded(Turn turn) => turn is { IsWhole: true, QueuedBytes: 0 };

    private static bool EndsBySilence(Turn turn) => turn is { State: TurnState.Sent, Answers: > 0 } && IsAllHanded(turn);

    // After every change of what a turn's time depends on.
    private void Place(Turn turn)
    {
        turn.List?.Remove(turn);
        (EndsBySilence(turn) ? _answered : _others).Add(turn);
        Lower(turn);
    }

    private void Lower(Turn turn)
    {
        var deadline = DeadlineOf(turn);
        if (deadline < _nextDeadline) Volatile.Write(ref _nextDeadline, deadline);
    }

    private Turn[] Snapshot()
    {
        var turns = new Turn[_open.Count];
        _open.Values.CopyTo(turns, 0);
        Array.Sort(turns, ByNumber);
        return turns;
    }

    private static int ByNumber(Turn left, Turn right) => left.WireId.Number.CompareTo(right.WireId.Number);
}
