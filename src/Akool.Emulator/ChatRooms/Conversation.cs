using Akool.Emulator.Faults;
using Akool.Emulator.Journals;

namespace Akool.Emulator.ChatRooms;

/// <summary>Answers the chat frames of all rooms: what is said, when, and what goes wrong with it.</summary>
internal sealed class Conversation(EmulatorOptions options, Agenda agenda, FaultScript script, Journal journal, Func<ChatRoom, ChatRoom?> otherRoom)
{
    private const int FloodBatchesPerSecond = 100;

    private readonly bool _isImmediate = options is { AnswerDelay.Ticks: 0, AnswerInterval.Ticks: 0, ServiceTime.Ticks: 0 };

    /// <summary>A text message has come over a socket of a room.</summary>
    public void Receive(ChatRoom room, ChatSocket socket, ReadOnlySpan<byte> frame)
    {
        var now = agenda.Now; // before the journal tells a test that it may move the clock
        if (ChatRequest.Read(frame, room.ServerId) is not { } request)
        {
            journal.Frame(JournalKind.FrameIgnored, room.Session, frame);
            return;
        }
        journal.Frame(JournalKind.FrameReceived, room.Session, frame);
        room.Resume();
        if (script.TakeSocket(room.Session, frame: true) is { } fault)
        {
            journal.FaultFired(fault.Kind, room.Session);
            socket.Meet(fault);
            return;
        }
        Answer(room, request, now);
    }

    private void Answer(ChatRoom room, in ChatRequest request, long now)
    {
        var pieces = options.AnswersPerTurn == 0 ? [] : Speech.Cut(Speech.AnswerTo(request), options.AnswersPerTurn);
        if (_isImmediate && !script.MeetsAnswers)
        {
            for (var i = 0; i < pieces.Count; i++) room.Deliver(new(AnswerWriter.Own.Write(request, room, pieces[i].Span, MarksEnd(i, pieces))));
            room.Flush();
            return;
        }
        var at = room.Reserve(now, agenda.Ticks(options.ServiceTime)) + agenda.Ticks(options.AnswerDelay);
        foreach (var answer in Plan(room, request, pieces))
        {
            var due = at + agenda.Ticks(answer.Late);
            // Against the one reading of the clock: two answers due together must not part ways.
            if (due <= now) Deliver(answer);
            else agenda.Add(due, () => Deliver(answer));
            at += agenda.Ticks(options.AnswerInterval);
        }
    }

    private readonly record struct Planned(ChatRoom Room, Answer Answer, TimeSpan Late);

    private bool MarksEnd(int piece, List<ReadOnlyMemory<char>> pieces) => options.Habits.AnswerEnded && piece == pieces.Count - 1;

    private List<Planned> Plan(ChatRoom room, in ChatRequest request, List<ReadOnlyMemory<char>> pieces)
    {
        var plan = new List<Planned>(pieces.Count);
        var late = TimeSpan.Zero;
        var reordered = -1;
        for (var i = 0; i < pieces.Count; i++)
        {
            var fault = script.TakeAnswer(room.Session);
            if (fault is not null) journal.FaultFired(fault.Kind, room.Session);
            if (fault?.Kind is FaultKind.Stall) late += fault.Delay;
            if (fault?.Kind is FaultKind.Reorder) reordered = plan.Count;
            if (fault?.Kind is FaultKind.Flood) Flood(room, request, fault);
            if (fault?.Kind is FaultKind.LoseAnswer or FaultKind.Flood) continue;

            var to = fault?.Kind is FaultKind.SwapSessions ? otherRoom(room) : room;
            if (to is null) continue; // there is no other
            var frame = AnswerWriter.Own.Write(request, to, pieces[i].Span, MarksEnd(i, pieces), TwistOf(fault?.Kind));
            var planned = new Planned(to, new Answer(frame, fault?.Kind is FaultKind.DropMidFrame), late);
            plan.Add(planned);
            if (fault?.Kind is FaultKind.Duplicate) plan.Add(planned);
        }
        if (reordered >= 0 && plan.Count > 1)
        {
            var next = reordered + 1 < plan.Count ? reordered + 1 : reordered - 1;
            (plan[reordered], plan[next]) = (plan[next], plan[reordered]);
        }
        return plan;
    }

    private static Twist TwistOf(FaultKind? kind) => kind switch
    {
        FaultKind.UnknownType => Twist.UnknownType,
        FaultKind.MissingId => Twist.MissingId,
        FaultKind.ForeignId => Twist.ForeignId,
        FaultKind.PayloadObject => Twist.PayloadObject,
        FaultKind.Corrupt => Twist.Corrupt,
        _ => Twist.None,
    };

    private static void Deliver(Planned planned)
    {
        planned.Room.Deliver(planned.Answer);
        planned.Room.Flush();
    }

    private void Flood(ChatRoom room, ChatRequest request, Fault fault)
    {
        var batch = Math.Max(1, fault.FramesPerSecond / FloodBatchesPerSecond);
        var pause = agenda.Ticks(TimeSpan.FromSeconds((double)batch / fault.FramesPerSecond));
        var (sent, at) = (0, agenda.Now);
        agenda.Add(at, Batch);

        void Batch()
        {
            var end = Math.Min(fault.Frames, sent + batch);
            while (sent < end) room.Deliver(new(AnswerWriter.Own.Write(request, room, $"{++sent} ", markEnd: false)));
            room.Flush();
            if (sent < fault.Frames) agenda.Add(at += pause, Batch);
        }
    }
}
