using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat.Properties;

/// <summary>What a run knows of one chat stream over all its calls, and what its client did.</summary>
internal sealed class ModelStream(int number, bool showsAll, bool drops, bool acknowledges)
{
    public int Number { get; } = number;

    public bool ShowsAll { get; } = showsAll;

    public bool Drops { get; } = drops;

    public bool Acknowledges { get; } = acknowledges;

    /// <summary>All calls on it, in order. A resume that found nothing begins another stream, and ends this one.</summary>
    public List<TestClient> Calls { get; } = [];

    public TestClient Client => Calls[^1];

    public string Id => Calls[0].Attached.ResumePoint.StreamId;

    public bool IsAttached { get; set; } = true;

    public bool InputCompleted { get; set; }

    /// <summary>Nobody could continue it any more: what came after its last call was told to nobody.</summary>
    public bool IsForgotten { get; set; }

    public List<ModelTurn> Turns { get; } = [];

    /// <summary>All that was told of the session's events, in the order of the calls.</summary>
    public IEnumerable<ChatEvent> Told => Calls.SelectMany(call => call.Events).Where(told => told.Sequence > 0 && told is not GapEvent);

    public IEnumerable<GapEvent> Gaps => Calls.SelectMany(call => call.Events).OfType<GapEvent>();
}

/// <summary>A turn as its client began it.</summary>
internal sealed class ModelTurn(ModelStream stream, string id, TurnPolicy policy)
{
    public ModelStream Stream { get; } = stream;

    public string Id { get; } = id;

    public TurnPolicy Policy { get; } = policy;

    /// <summary>The parts that were given to the hub, by index.</summary>
    public List<TurnPart> Parts { get; } = [];

    public bool IsWhole => !Parts[^1].MoreFollows;

    /// <summary>Its part waited for room when its call was lost: nobody knows whether it was taken.</summary>
    public bool MayBeLost { get; set; }

    /// <summary>How often the same id came with other content.</summary>
    public int Conflicts { get; set; }

    /// <summary>The answers that AKOOL gave it while it ran, in order.</summary>
    public List<string> Answers { get; } = [];

    /// <summary>A text of its own for each part, by which the wire is read.</summary>
    public string TextOf(int part) => $"{Stream.Number}/{Id}/{part}/";
}
