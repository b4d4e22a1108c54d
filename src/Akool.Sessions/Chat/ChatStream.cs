using System.Diagnostics;
using System.Globalization;

namespace Akool.Sessions.Chat;

/// <summary>One chat stream of a session: what outlives the call it began with, so that a later call can continue it. Its hub's lock guards it.</summary>
internal sealed class ChatStream(int number, FinishedTurns finished)
{
    // Turns that were refused while parts of them were still to come; of more, the oldest are forgotten and such a part is refused for itself.
    private const int MaxIgnored = 64;

    private Dictionary<string, Turn>? _turns;
    private List<string>? _ignored;

    /// <summary>Unique in the session, from 1, growing in the order of the first attaches.</summary>
    public int Number { get; } = number;

    /// <summary>The number, as clients know it.</summary>
    public string Id { get; } = IdOf(number);

    /// <summary>The call that is attached now; null: none.</summary>
    public ChatAttachment? Call { get; private set; }

    public StreamOutbox? Outbox => Call?.Outbox;

    public bool ShowsAll { get; private set; }

    public TurnSettings Defaults { get; private set; } = TurnSettings.Empty;

    public bool Acknowledges { get; private set; }

    /// <summary>The caller's trace, for the spans of its turns; empty where it has none.</summary>
    public ActivityContext Trace { get; private set; }

    /// <summary>Everything up to here needs no replay.</summary>
    public long Acked { get; set; }

    /// <summary>The last sequence of an event for this stream that the log has lost.</summary>
    public long PrunedTo { get; set; }

    public int OpenTurns { get; set; }

    /// <summary>The client has half-closed: the stream ends once its turns have.</summary>
    public bool InputCompleted { get; set; }

    /// <summary>Timestamp of the end of the last call; <see cref="MonotonicTime.Never"/> while one is attached.</summary>
    public long DetachedAt { get; private set; } = MonotonicTime.Never;

    public void BeginCall(ChatAttach attach, ChatAttachment call)
    {
        Call = call;
        (ShowsAll, Defaults, Acknowledges) = (attach.ShowAllTurns, attach.TurnDefaults, attach.AcknowledgeTurns);
        Trace = attach.Trace;
        InputCompleted = false;
        DetachedAt = MonotonicTime.Never;
    }

    /// <summary>Whether a call would be shown what its predecessors were not.</summary>
    public bool IsShownMoreBy(ChatAttach attach) => (attach.ShowAllTurns && !ShowsAll) || (attach.AcknowledgeTurns && !Acknowledges);

    public void EndCall(long now)
    {
        Call = null;
        DetachedAt = now;
    }

    /// <summary>What clients know a stream by.</summary>
    public static string IdOf(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether it may see an event about a stream's turn (0: about none).</summary>
    public bool MaySee(int stream, Audience audience) => audience switch
    {
        Audience.Everyone => true,
        Audience.Owner => stream == Number,
        Audience.AcknowledgedOwner => stream == Number && Acknowledges,
        Audience.AcknowledgedOwnerAndObservers => stream == Number ? Acknowledges : ShowsAll,
        _ => stream == Number || ShowsAll,
    };

    /// <summary>An open turn.</summary>
    public Turn? Find(string turnId) => _turns?.GetValueOrDefault(turnId);

    /// <summary>What is known of a part whose turn is not open.</summary>
    public Seen FindFinished(in TurnPart part) => finished.Find(this, part);

    public void Add(Turn turn)
    {
        (_turns ??= []).Add(turn.Id, turn);
        _ignored?.Remove(turn.Id);
    }

    /// <summary>A turn is over: only what it takes to know a repeat is kept.</summary>
    public void Finish(Turn turn)
    {
        _turns!.Remove(turn.Id);
        finished.Add(turn);
    }

    /// <summary>A turn was refused: its parts that are on their way are neither taken nor refused once more.</summary>
    public void IgnoreRest(string turnId)
    {
        _ignored ??= [];
        if (_ignored.Contains(turnId)) return;
        if (_ignored.Count == MaxIgnored) _ignored.RemoveAt(0);
        _ignored.Add(turnId);
    }

    /// <summary>Whether a part is to be ignored; with the last one its turn is forgotten.</summary>
    public bool Ignores(in TurnPart part) =>
        part.PartIndex > 0 && _ignored is not null && (part.MoreFollows ? _ignored.Contains(part.TurnId) : _ignored.Remove(part.TurnId));
}
