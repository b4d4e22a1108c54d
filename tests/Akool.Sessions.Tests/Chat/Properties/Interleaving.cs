using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat.Properties;

/// <summary>
/// Plays a random interleaving against one session: each number is one step of a client, of AKOOL, of the network or of the clock. The same numbers play
/// the same run.
/// </summary>
internal sealed class Interleaving : IDisposable
{
    private const int MaxStreams = 5;

    private static readonly ChatLimits Limits = new()
    {
        MaxOpenTurns = 6, MaxQueuedBytes = 1024, MaxOutboxBytes = 1536, ResumeBytes = 6 * 1024, MaxTurnBytes = 400,
        AnswerTimeout = TimeSpan.FromSeconds(8), ResumeWindow = TimeSpan.FromSeconds(30),
    };

    private readonly ModelNetwork _network;
    private int _turns;

    public Interleaving(int first)
    {
        World = new(Limits, first % 3 == 0 ? SessionState.Queueing : SessionState.Active);
        Observer = World.Join(all: true);
        _network = new(World, this);
    }

    public ChatWorld World { get; }

    /// <summary>Is shown everything, and always reads at once: the uncut run.</summary>
    public TestClient Observer { get; }

    public List<ModelStream> Streams { get; } = [];

    public IEnumerable<ModelTurn> Turns => Streams.SelectMany(stream => stream.Turns);

    public bool IsClosed { get; private set; }

    public bool HasEnded(ModelTurn turn) =>
        Observer.Events.OfType<TurnEndedEvent>().Any(ended => ended.StreamId == turn.Stream.Id && ended.TurnId == turn.Id);

    public void Play(int step)
    {
        var kind = step & 0xff;
        var arg = step >> 8;
        if (kind < 24 || Streams.Count == 0) Join(arg);
        else if (kind < 140) ActOnStream(Streams[arg % Streams.Count], kind, arg / MaxStreams);
        else if (kind < 253) _network.Act(kind, arg);
        else if (arg % 4 == 0) Close();
    }

    /// <summary>Everybody reads again and comes back for what is missing, then the session ends.</summary>
    public void End()
    {
        foreach (var stream in Streams)
        {
            Unblock(stream);
            if (!IsClosed) Resume(stream);
        }
        Close();
        foreach (var stream in Streams) Unblock(stream);
    }

    public void Dispose() => World.Dispose();

    private void Join(int arg)
    {
        if (IsClosed || Streams.Count == MaxStreams) return;
        var stream = new ModelStream(Streams.Count, (arg & 1) != 0, (arg & 2) != 0, (arg & 4) != 0);
        stream.Calls.Add(World.Join(null, stream.ShowsAll, stream.Drops, stream.Acknowledges, slow: (arg & 24) == 24));
        Streams.Add(stream);
    }

    private void ActOnStream(ModelStream stream, int kind, int arg)
    {
        if (kind < 30) Detach(stream);
        else if (kind < 40) Resume(stream);
        else if (kind < 48) SetReading(stream, arg);
        else if (IsClosed || !stream.IsAttached || !stream.Client.Submitted.IsCompleted) return;
        else if (kind < 51) HalfClose(stream);
        else if (kind < 54) stream.Client.Call.Ping(null);
        else if (kind < 60) stream.Client.Call.Acknowledge(stream.Client.Point.Sequence - arg % 3);
        else if (kind < 68) Interrupt(stream, arg);
        else if (stream.InputCompleted) return;
        else if (kind < 105) Begin(stream, arg);
        else if (kind < 125) Continue(stream, arg);
        else Repeat(stream, arg, isConflict: kind >= 135);
    }

    private static void Detach(ModelStream stream)
    {
        if (!stream.IsAttached) return;
        LoseSubmitted(stream);
        stream.Client.Leave();
        stream.IsAttached = false;
    }

    private void Resume(ModelStream stream)
    {
        if (IsClosed || stream.IsForgotten) return;
        LoseSubmitted(stream);
        var before = stream.Client;
        var again = World.Join(before.Point, stream.ShowsAll, stream.Drops, stream.Acknowledges);
        if (again.Attached.Outcome == ResumeOutcome.Lost)
        {
            stream.IsForgotten = true;
            stream.IsAttached = false;
            again.Leave();
            return;
        }
        before.Leave(); // the call that lost its stream ends late
        stream.Calls.Add(again);
        (stream.IsAttached, stream.InputCompleted) = (true, false);
    }

    private static void LoseSubmitted(ModelStream stream)
    {
        if (!stream.Client.Submitted.IsCompleted && stream.IsAttached) stream.Turns[^1].MayBeLost = true;
    }

    private void SetReading(ModelStream stream, int arg)
    {
        var sink = stream.Client.Sink;
        if (arg % 4 == 0) sink.IsSlow = true;
        else if (arg % 16 == 1) sink.IsGone = true;
        else sink.Read(staysSlow: arg % 4 == 2);
        World.Settle();
    }

    private void Unblock(ModelStream stream)
    {
        stream.Client.Sink.Read(staysSlow: false);
        World.Settle();
    }

    private static void HalfClose(ModelStream stream)
    {
        stream.Client.HalfClose();
        stream.InputCompleted = true;
    }

    private static void Interrupt(ModelStream stream, int arg)
    {
        if (arg % 3 == 0) stream.Client.Interrupt("");
        else if (stream.Turns.Count > 0) stream.Client.Interrupt(stream.Turns[arg % stream.Turns.Count].Id);
    }

    private void Begin(ModelStream stream, int arg)
    {
        var turn = new ModelTurn(stream, $"t{++_turns}", (TurnPolicy)(arg % 8 < 4 ? 0 : arg % 8 < 6 ? 1 : arg % 8 == 6 ? 2 : 0));
        stream.Turns.Add(turn);
        var text = (arg & 0x70) == 0x70 ? new string('x', 450) : new string('x', (arg >> 3) % 200);
        Submit(turn, new(turn.Id, turn.TextOf(0) + text, (arg & 0x180) == 0x180, 0, TurnSettings.Empty, turn.Policy, null));
    }

    private static void Continue(ModelStream stream, int arg)
    {
        if (stream.Turns.LastOrDefault(turn => !turn.IsWhole) is not { } turn) return;
        var (index, isLast) = (turn.Parts.Count, arg % 2 == 0);
        var text = isLast && arg % 3 == 0 ? "" : turn.TextOf(index);
        if (arg % 32 == 31) index++; // a hole
        Submit(turn, new(turn.Id, text, !isLast, index, TurnSettings.Empty, TurnPolicy.Send, null));
    }

    private static void Submit(ModelTurn turn, in TurnPart part)
    {
        turn.Parts.Add(part);
        turn.Stream.Client.Part(part.TurnId, part.PartIndex, part.Text, part.MoreFollows, part.Policy, part.Settings, part.AnswerTimeout);
    }

    // Repeats only what was not refused: a refused turn may be tried again, and would be another one.
    private static void Repeat(ModelStream stream, int arg, bool isConflict)
    {
        if (stream.Turns.Count == 0) return;
        var turn = stream.Turns[arg % stream.Turns.Count];
        var isTaken = turn.Parts.Count > 0 && stream.Told.Any(told => told.TurnId == turn.Id && told is TurnAcceptedEvent or AnswerEvent or TurnEndedEvent)
            && !stream.Told.Any(told => told.TurnId == turn.Id && told is TurnRejectedEvent);
        if (!isTaken) return;
        var part = turn.Parts[isConflict ? 0 : arg % turn.Parts.Count];
        if (isConflict) turn.Conflicts++;
        stream.Client.Part(part.TurnId, part.PartIndex, isConflict ? "other" : part.Text, part.MoreFollows, part.Policy, part.Settings, part.AnswerTimeout);
    }

    private void Close()
    {
        if (IsClosed) return;
        IsClosed = true;
        World.Change(SessionState.Closing);
        World.Close();
        World.Change(SessionState.Closed);
    }
}
