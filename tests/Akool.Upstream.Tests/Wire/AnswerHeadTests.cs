using System.Text;
using Akool.Upstream.Connection;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Tests.Wire;

public sealed class AnswerHeadTests
{
    [Fact]
    public void Fields_are_found_without_case_and_in_order()
    {
        var head = Read("HTTP/1.1 101 Switching Protocols\r\nA:1\r\nb: \t2 \r\na: 3:4\r\nEmpty:")!;

        Assert.Equal(101, head.Status);
        Assert.Equal(["1", "3:4"], head.Values("a"));
        Assert.Equal(["2"], head.Values("B"));
        Assert.Equal([""], head.Values("empty"));
        Assert.Empty(head.Values("c"));
    }

    [Theory]
    [InlineData("HTTP/1.1 404", 404)]
    [InlineData("HTTP/1.0 200 OK", 200)]
    [InlineData("HTTP/1.1 503 ", 503)]
    public void A_reason_may_be_missing(string line, int status) => Assert.Equal(status, Read(line)!.Status);

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/2 200")]
    [InlineData("HTTP/1.1")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 2000")]
    [InlineData("HTTP/1.1 -10 x")]
    [InlineData("HTTP/1.1\t200 OK")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name")]
    [InlineData("HTTP/1.1 200 OK\r\nname : value")]
    [InlineData("HTTP/1.1 200 OK\r\nname: value\r\n continued: more")]
    [InlineData("HTTP/1.1 200 OK\r\nname: a\nother: b")]
    [InlineData("HTTP/1.1 200 OK\r\nname: a\rb")]
    [InlineData("HTTP/1.1 200 OK\r\nname: a\0b")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    public void What_is_no_head_is_not_read(string text) => Assert.Null(Read(text));

    [Fact]
    public async Task Heads_are_read_in_any_pieces_and_leave_what_comes_behind()
    {
        var bytes = Encoding.ASCII.GetBytes("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 101 Yes\r\n\r\nframes");
        for (var size = 1; size <= bytes.Length; size++)
        {
            var reader = new AnswerReader(new Pieces(bytes, size));

            Assert.Equal(103, (await reader.ReadAsync(default)).Status);
            Assert.Equal(101, (await reader.ReadAsync(default)).Status);

            Assert.True("frames"u8.StartsWith(reader.Unread.Span));
        }
    }

    [Fact]
    public async Task A_head_without_end_is_given_up()
    {
        var endless = Encoding.ASCII.GetBytes("HTTP/1.1 101 Yes\r\n" + new string('a', 20_000));

        await Assert.ThrowsAsync<InvalidDataException>(() => new AnswerReader(new MemoryStream(endless)).ReadAsync(default));
    }

    [Fact]
    public async Task Answers_before_the_answer_are_not_read_for_ever()
    {
        var endless = new AnswerReader(new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("HTTP/1.1 102 Wait\r\n\r\n", 1000)))));

        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            while (true) await endless.ReadAsync(default);
        });
    }

    private static AnswerHead? Read(string text) => AnswerHead.Read(Encoding.Latin1.GetBytes(text));

    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
