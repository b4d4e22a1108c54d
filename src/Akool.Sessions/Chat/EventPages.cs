using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Akool.Sessions.Chat;

/// <summary>
/// Events of turns that are not refused and did not fail, one behind the other in pages of bytes. First in, first out; not safe for threads. Texts are kept
/// in a byte a character where all of them are ASCII, else as they are in memory, so that what is read is equal to what was written. Pages are rented, small
/// ones first: most sessions say little.
/// </summary>
internal sealed class EventPages
{
    private const int FirstPage = 1024;
    private const int LargestPage = 16 * 1024;
    private const long NoLatency = long.MinValue;

    private readonly Queue<Page> _pages = new(1);
    private Page? _last;

    /// <summary>Bytes of the events that are kept.</summary>
    public long Bytes { get; private set; }

    /// <summary>The oldest event. Only where there is one.</summary>
    public (LoggedEvent Event, long At) First
    {
        get
        {
            var head = _pages.Peek().Head;
            return (new(head.Sequence, head.Stream, head.Audience), head.At);
        }
    }

    /// <summary>Adds an event. False: it is of a kind that is not kept here.</summary>
    public bool TryAppend(ChatEvent chatEvent)
    {
        switch (chatEvent)
        {
            case AnswerEvent answer:
                Append(answer, new() { Kind = Kind.Answer, Number = answer.Index }, answer.Text);
                return true;
            case TurnEndedEvent { Problem: null } ended:
                Append(ended, new() { Kind = Kind.Ended, Number = ended.AnswerCount, Outcome = ended.Outcome, Latency = ended.FirstAnswerLatency?.Ticks ?? NoLatency }, "");
                return true;
            case TurnAcceptedEvent accepted:
                Append(accepted, new() { Kind = accepted.Duplicate ? Kind.AcceptedAgain : Kind.Accepted, Number = accepted.PartIndex }, accepted.Text);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Forgets the oldest event. Only where there is one.</summary>
    public void DropFirst()
    {
        var page = _pages.Peek();
        Bytes -= page.Head.Length;
        page.Start += page.Head.Length;
        if (page.Start < page.End) return;
        _pages.Dequeue();
        if (ReferenceEquals(page, _last)) _last = null;
        ArrayPool<byte>.Shared.Return(page.Bytes);
    }

    /// <summary>Forgets all events, and gives back what they took.</summary>
    public void Clear()
    {
        while (_pages.TryDequeue(out var page)) ArrayPool<byte>.Shared.Return(page.Bytes);
        (_last, Bytes) = (null, 0);
    }

    /// <summary>The events from a sequence on.</summary>
    public IEnumerable<ChatEvent> From(long sequence)
    {
        foreach (var page in _pages)
        {
            for (var at = page.Start; at < page.End; at += page.HeadAt(at).Length)
                if (page.HeadAt(at).Sequence >= sequence) yield return Read(page, at);
        }
    }

    private void Append(ChatEvent chatEvent, Head head, string text)
    {
        var turnId = chatEvent.TurnId!;
        head.IsAscii = Ascii.IsValid(text) && Ascii.IsValid(turnId);
        head.Length = Unsafe.SizeOf<Head>() + (turnId.Length + text.Length) * (head.IsAscii ? sizeof(byte) : sizeof(char));
        (head.Sequence, head.At, head.Time) = (chatEvent.Sequence, chatEvent.At, chatEvent.Time.UtcTicks);
        (head.Stream, head.Audience, head.TurnIdLength) = (chatEvent.Stream, chatEvent.Audience, turnId.Length);
        if (_last is null || _last.Bytes.Length - _last.End < head.Length) AddPage(head.Length);
        var room = _last!.Bytes.AsSpan(_last.End, head.Length);
        MemoryMarshal.Write(room, head);
        room = room[Unsafe.SizeOf<Head>()..];
        if (head.IsAscii)
        {
            Ascii.FromUtf16(turnId, room, out var idBytes);
            Ascii.FromUtf16(text, room[idBytes..], out _);
        }
        else
        {
            MemoryMarshal.AsBytes(turnId.AsSpan()).CopyTo(room);
            MemoryMarshal.AsBytes(text.AsSpan()).CopyTo(room[(turnId.Length * sizeof(char))..]);
        }
        _last.End += head.Length;
        Bytes += head.Length;
    }

    private void AddPage(int atLeast)
    {
        var size = _last is null ? FirstPage : Math.Min(_last.Bytes.Length * 2, LargestPage);
        _last = new(ArrayPool<byte>.Shared.Rent(Math.Max(size, atLeast)));
        _pages.Enqueue(_last);
    }

    private static ChatEvent Read(Page page, int at)
    {
        var head = page.HeadAt(at);
        var bytes = page.Bytes.AsSpan(at, head.Length)[Unsafe.SizeOf<Head>()..];
        var idBytes = head.TurnIdLength * (head.IsAscii ? sizeof(byte) : sizeof(char));
        var (turnId, text) = (TextOf(bytes[..idBytes], head.IsAscii), TextOf(bytes[idBytes..], head.IsAscii));
        var streamId = ChatStream.IdOf(head.Stream);
        var time = new DateTimeOffset(head.Time, TimeSpan.Zero);
        return head.Kind switch
        {
            Kind.Answer => new AnswerEvent
            {
                Sequence = head.Sequence, Time = time, At = head.At, StreamId = streamId, Stream = head.Stream, TurnId = turnId, Index = head.Number, Text = text,
            },
            Kind.Ended => new TurnEndedEvent
            {
                Sequence = head.Sequence, Time = time, At = head.At, StreamId = streamId, Stream = head.Stream, TurnId = turnId, Outcome = head.Outcome, AnswerCount = head.Number,
                FirstAnswerLatency = head.Latency == NoLatency ? null : new TimeSpan(head.Latency),
            },
            _ => new TurnAcceptedEvent
            {
                Sequence = head.Sequence, Time = time, At = head.At, StreamId = streamId, Stream = head.Stream, TurnId = turnId, PartIndex = head.Number, Text = text,
                Duplicate = head.Kind == Kind.AcceptedAgain,
            },
        };
    }

    private static string TextOf(ReadOnlySpan<byte> bytes, bool isAscii) => isAscii ? Encoding.ASCII.GetString(bytes) : new(MemoryMarshal.Cast<byte, char>(bytes));

    private enum Kind : byte
    {
        Answer,
        Ended,
        Accepted,
        AcceptedAgain,
    }

    // What stands before the turn's id and the text.
    private struct Head
    {
        public long Sequence;
        public long At;
        public long Time;
        public long Latency;
        public int Length;
        public int Stream;
        public int TurnIdLength;
        public int Number;
        public Kind Kind;
        public Audience Audience;
        public TurnOutcome Outcome;
        public bool IsAscii;
    }

    // Between Start and End are whole events.
    private sealed class Page(byte[] bytes)
    {
        public byte[] Bytes { get; } = bytes;

        public int Start { get; set; }

        public int End { get; set; }

        public Head Head => HeadAt(Start);

        public Head HeadAt(int at) => MemoryMarshal.Read<Head>(Bytes.AsSpan(at));
    }
}
