namespace Akool.Sessions.Chat;

/// <summary>Open turns, the longest inactive first; each is in one list at most. The links are the turns' own, so that it makes no object.</summary>
internal sealed class TurnList
{
    private Turn? _last;

    public Turn? First { get; private set; }

    public void Add(Turn turn)
    {
        var before = _last;
        while (before is not null && before.ActiveAt > turn.ActiveAt) before = before.Previous; // as good as never: what is added was active just now
        (turn.List, turn.Previous, turn.Next) = (this, before, before is null ? First : before.Next);
        if (turn.Previous is null) First = turn;
        else turn.Previous.Next = turn;
        if (turn.Next is null) _last = turn;
        else turn.Next.Previous = turn;
    }

    public void Remove(Turn turn)
    {
        if (turn.Previous is null) First = turn.Next;
        else turn.Previous.Next = turn.Next;
        if (turn.Next is null) _last = turn.Previous;
        else turn.Next.Previous = turn.Previous;
        (turn.List, turn.Previous, turn.Next) = (null, null, null);
    }
}
