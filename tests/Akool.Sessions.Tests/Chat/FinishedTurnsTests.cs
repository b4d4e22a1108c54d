using Akool.Sessions.Chat;

namespace Akool.Sessions.Tests.Chat;

public sealed class FinishedTurnsTests
{
    private const int Streams = 256;

    [Fact]
    public void A_session_remembers_a_bounded_number_of_parts_however_many_streams_it_had()
    {
        var finished = new FinishedTurns();
        var streams = Enumerable.Range(1, Streams).Select(id => new ChatStream(id, finished)).ToList();
        var turns = 2 * FinishedTurns.MaxParts / Streams;

        for (var turn = 0; turn < turns; turn++)
            foreach (var stream in streams) Finish(stream, $"{turn}");

        Assert.Equal(FinishedTurns.MaxParts, finished.Count);
        Assert.All(streams, stream => Assert.Equal(Seen.Never, stream.FindFinished(PartOf("0"))));
        Assert.All(streams, stream => Assert.Equal(Seen.SameContent, stream.FindFinished(PartOf($"{turns - 1}"))));
    }

    [Fact]
    public void A_turn_of_another_stream_is_no_repeat()
    {
        var finished = new FinishedTurns();
        var (one, other) = (new ChatStream(1, finished), new ChatStream(2, finished));

        Finish(one, "t");

        Assert.Equal(Seen.SameContent, one.FindFinished(PartOf("t")));
        Assert.Equal(Seen.Never, other.FindFinished(PartOf("t")));
    }

    [Fact]
    public void What_is_forgotten_may_be_said_anew_and_is_remembered_again()
    {
        var finished = new FinishedTurns();
        var stream = new ChatStream(1, finished);
        for (var turn = 0; turn <= FinishedTurns.MaxParts; turn++) Finish(stream, $"{turn}");
        Assert.Equal(Seen.Never, stream.FindFinished(PartOf("0")));

        Finish(stream, "0");

        Assert.Equal(Seen.SameContent, stream.FindFinished(PartOf("0")));
        Assert.Equal(Seen.Never, stream.FindFinished(PartOf("1")));
        Assert.Equal(FinishedTurns.MaxParts, finished.Count);
    }

    private static TurnPart PartOf(string turn) => new(turn, $"text of {turn}", false, 0, TurnSettings.Empty, TurnPolicy.Send, null);

    private static void Finish(ChatStream stream, string id)
    {
        var turn = new Turn(stream, id, new(1, 1), TurnSettings.Empty, TurnPolicy.Send, TimeSpan.FromSeconds(1));
        turn.TakePart(FinishedTurns.ContentOf(PartOf(id)), moreFollows: false);
        stream.Add(turn);
        stream.Finish(turn);
    }
}
