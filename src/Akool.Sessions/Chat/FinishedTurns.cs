using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Akool.Sessions.Chat;

/// <summary>What is known of a part that belongs to a turn that is over.</summary>
internal enum Seen
{
    Never,
    SameContent,
    OtherContent,

    /// <summary>Its turn was over before it came.</summary>
    TooLate,
}

/// <summary>
/// Knows a repeat of a turn of the session that is over, by hashes alone: 64 bits of its stream, its id and the part, 64 bits of the content, keyed by
/// process so that nobody can make two meet. Bounded for the session: of more parts than it holds the oldest are forgotten, and a repeat of one would
/// be a new turn. Its hub's lock guards it.
/// </summary>
internal sealed class FinishedTurns
{
    /// <summary>Two a second for the longest session of the default lease; at 24 bytes each some 200 KB.</summary>
    public const int MaxParts = 8192;

    // Stands for all parts that a turn still had to come when it ended.
    private const int Rest = -1;

    private static readonly long Key = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly PartMemory _contents = new(MaxParts);

    /// <summary>Parts that are remembered.</summary>
    public int Count => _contents.Count;

    public void Add(Turn turn)
    {
        for (var part = 0; part < turn.PartsTaken; part++) _contents.Set(NameOf(turn.Stream, turn.Id, part), turn.ContentAt(part));
        if (!turn.IsWhole) _contents.Set(NameOf(turn.Stream, turn.Id, Rest), 0);
    }

    public Seen Find(ChatStream stream, in TurnPart part)
    {
        if (_contents.TryGet(NameOf(stream, part.TurnId, part.PartIndex), out var content))
            return content == ContentOf(part) ? Seen.SameContent : Seen.OtherContent;
        if (part.PartIndex == 0) return Seen.Never;
        if (_contents.TryGet(NameOf(stream, part.TurnId, Rest), out _)) return Seen.TooLate;
        return _contents.TryGet(NameOf(stream, part.TurnId, 0), out _) ? Seen.OtherContent : Seen.Never;
    }

    /// <summary>What tells one part's content from another's.</summary>
    public static ulong ContentOf(in TurnPart part)
    {
        var text = Hash(part.Text, Key);
        var rest = part.PartIndex == 0
            ? HashCode.Combine(part.MoreFollows, part.Settings, part.Policy, part.AnswerTimeout)
            : HashCode.Combine(part.MoreFollows);
        return text ^ ((ulong)(uint)rest << 16);
    }

    private static ulong NameOf(ChatStream stream, string turnId, int part) => Hash(turnId, Key ^ ((long)stream.Number << 32) ^ (uint)part);

    private static ulong Hash(string text, long key) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), key);
}
