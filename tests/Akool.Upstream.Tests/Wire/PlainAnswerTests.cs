using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Tests.Wire;

public sealed class PlainAnswerTests
{
    private const int Seed = 20241203;

    // Pieces of frames that do and of frames that do not look like AKOOL's; none is right everywhere.
    private static readonly string[] Pieces =
    [
        "\"", "\\\"", "\\\\\"", "{", "}", ",", ":", "[", "]", " ", "\\", "\\n", "\\u0041", "\0", "0", "01", "7", "-1", "1.5", "true", "false", "null", "é", "😀",
        "\"type\":\"chat\"", "\"payload\":\"", "\\\"message_id\\\":\\\"9f03c2aa-17\\\"", "\\\"message_id\\\":\\\"1\\\"", "\\\"message_id\\\":\\\"\\\"",
        "\\\\n", "\\\\t", "\\\\/", "\\\\\\\"", "\\\\\\\\", "\\\\u0041", "\\\\x",
        "\\\"answer\\\":\\\"Hi\\\"", "\\\"answer\\\":\\\"\\\"", "\\\"answer_ended\\\":true", "\\\"answer_ended\\\":false", "\\\"prompt\\\":{\\\"from\\\":{}}", "\\\"n\\\":12",
    ];

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string Whole = Fixtures.Text("A-v3-websocket/DERIVED-ws-receive-chat.wire.json").Trim()
        .Replace("msg-1723629433573", "9f03c2aa-17", StringComparison.Ordinal);

    [Fact]
    public void It_reads_the_documented_answer()
    {
        Assert.True(PlainAnswer.TryRead(Encoding.UTF8.GetBytes(Whole), out var answer));
        Assert.Equal(new ReceivedFrame(ReceivedFrameKind.Answer, true, new(0x9f03c2aa, 17), "Hello!  How can I assist you today? ", false), answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Two lines:\n\t\"Größe\", 你好\r\n")]
    [InlineData("\\ and \\n and \\\" and \"")]
    [InlineData("\"")]
    public void It_reads_what_a_text_needs_of_escapes(string text)
    {
        Assert.True(PlainAnswer.TryRead(FrameOf(text), out var answer));
        Assert.Equal(text, answer.Text);
    }

    [Theory]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"a\\u0062\"}"}""")]
    [InlineData("""{"type":"chat","payload":{"message_id":"9f03c2aa-17","answer":"a"}}""")]
    [InlineData("""{"type":"chat",  "payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"a\"}"}""")]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"a\",\"answer_ended\":1}"}""")]
    public void What_is_written_otherwise_is_left_to_the_other_reader(string frame)
    {
        Assert.False(PlainAnswer.TryRead(Encoding.UTF8.GetBytes(frame), out _));
        Assert.Equal(ReceivedFrameKind.Answer, ChatFrameReader.Read(Encoding.UTF8.GetBytes(frame)).Kind);
    }

    [Fact]
    public void What_it_reads_the_other_reader_reads_likewise()
    {
        var random = new Random(Seed);
        var read = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var frame = Changed(random);
            if (!PlainAnswer.TryRead(frame, out var answer)) continue;
            read++;
            byte[] withBlank = [(byte)' ', .. frame]; // which it leaves to the other
            Assert.False(PlainAnswer.TryRead(withBlank, out _));
            Assert.True(answer == ChatFrameReader.Read(withBlank), $"seed {Seed}, round {round}: {Encoding.UTF8.GetString(frame)}");
        }
        Assert.InRange(read, 10_000, 190_000);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\n')]
    [InlineData('"')]
    public void Reading_allocates_the_answers_text_and_nothing_else(char letter)
    {
        const int Length = 150;
        var frame = FrameOf(new string(letter, Length));

        Assert.Equal(Allocations.OfString(Length), Allocations.OfEach(() => PlainAnswer.TryRead(frame, out _)));
    }

    private static byte[] FrameOf(string text)
    {
        var payload = JsonSerializer.Serialize(new { message_id = "9f03c2aa-17", answer = text }, Relaxed);
        return JsonSerializer.SerializeToUtf8Bytes(new { type = "chat", payload }, Relaxed);
    }

    private static byte[] Changed(Random random)
    {
        var text = Whole;
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(3) * random.Next(8), text.Length - at);
            text = text.Remove(at, length);
            if (random.Next(3) > 0) text = text.Insert(at, Pieces[random.Next(Pieces.Length)]);
        }
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 0 && random.Next(8) == 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
