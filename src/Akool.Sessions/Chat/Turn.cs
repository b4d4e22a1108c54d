using System.Diagnostics;

namespace Akool.Sessions.Chat;

/// <summary>Where a turn is between being taken and being over.</summary>
internal enum TurnState
{
    /// <summary>Waits for other turns to end (policy QUEUE).</summary>
    Parked,

    /// <summary>Waits for the socket; no byte of it was handed to one.</summary>
    Waiting,

    /// <summary>A part of it was handed to a socket.</summary>
    Sent,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>A text and the answers to it. Its hub's lock guards it.</summary>
internal sealed class Turn(ChatStream stream, string id, WireTurnId wireId, TurnSettings settings, TurnPolicy policy, TimeSpan answerTimeout)
{
    private List<ulong>? _laterParts;
    private ulong _firstPart;

    public ChatStream Stream { get; } = stream;

    public string Id { get; } = id;

    public WireTurnId WireId { get; } = wireId;

    /// <summary>Merged: the turn's over the stream's over the session's.</summary>
    public TurnSettings Settings { get; } = settings;

    public TurnPolicy Policy { get; } = policy;

    public TimeSpan AnswerTimeout { get; } = answerTimeout;

    public TurnState State { get; set; }

    /// <summary>Index of the next part to take.</summary>
    public int PartsTaken { get; private set; }

    /// <summary>Bytes of it that wait for the socket; 0: all that was taken is handed over.</summary>
    public long QueuedBytes { get; set; }

    /// <summary>Its last part was taken.</summary>
    public bool IsWhole { get; private set; }

    public int Answers { get; set; }

    /// <summary>Timestamp of the acceptance of part 0.</summary>
    public long AcceptedAt { get; set; }

    /// <summary>Timestamp from which its present wait counts: acceptance, the hand-over of a part, an answer.</summary>
    public long ActiveAt { get; set; }

    public TimeSpan? FirstAnswerLatency { get; set; }

    /// <summary>Recorded only where the stream's caller is traced.</summary>
    public Activity? Span { get; set; }

    /// <summary>Parts that wait with a parked turn; null: none.</summary>
    public List<string>? ParkedParts { get; set; }

    /// <summary>The list of its table that it is in.</summary>
    public TurnList? List { get; set; }

    public Turn? Previous { get; set; }

    public Turn? Next { get; set; }

    public bool IsOpen => State < TurnState.Ended;

    public void TakePart(ulong content, bool moreFollows)
    {
        if (PartsTaken++ == 0) _firstPart = content;
        else (_laterParts ??= []).Add(content);
        IsWhole = !moreFollows;
    }

    /// <summary>Hash of a part that was taken.</summary>
    public ulong ContentAt(int index) => index == 0 ? _firstPart : _laterParts![index - 1];
}
