using System.Text;
using System.Text.Json;
using Akool.Sessions.Chat;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Tests.Wire;

public sealed class ChatFrameReaderTests
{
    private static readonly WireTurnId Id = new(0x9f03c2aa, 17);

    [Theory]
    [InlineData("A-v3-websocket/DERIVED-ws-receive-chat.wire.json")]
    [InlineData("A-v3-websocket/ws-receive-chat.payload-as-object.json")]
    public void The_documented_answer_is_read(string fixture)
    {
        var json = Fixtures.Text(fixture);

        var strange = Read(json);
        var ours = Read(json.Replace("msg-1723629433573", "9f03c2aa-17", StringComparison.Ordinal));

        Assert.Equal(new ReceivedFrame(ReceivedFrameKind.Answer, HasId: false, default, "Hello!  How can I assist you today? ", AnswerEnded: false), strange);
        Assert.Equal(new ReceivedFrame(ReceivedFrameKind.Answer, HasId: true, Id, "Hello!  How can I assist you today? ", AnswerEnded: false), ours);
    }

    [Theory]
    [InlineData("A-v3-websocket/DERIVED-ws-send-chat.wire.json")]
    [InlineData("A-v3-websocket/ws-send-chat.official-demo-shape.json")]
    [InlineData("A-v3-websocket/ws-send-chat.payload-as-object.json")]
    public void A_question_that_comes_back_is_no_answer(string fixture)
    {
        Assert.Equal(ReceivedFrameKind.Ignored, Read(Fixtures.Text(fixture)).Kind);
    }

    [Theory]
    [InlineData("""{"payload":#,"from":"server_1","extra":{"payload":"{}","type":"x"},"type":"chat","list":[1,[2],{}]}""")]
    [InlineData("""{"type":"chat","payload":#}""")]
    [InlineData(""" { "type" : "\u0063hat" , "\u0070ayload" : # } """)]
    public void Fields_may_come_in_any_order_among_others(string frame)
    {
        const string Payload = """{"other":[{"answer":"x"}],"answer":"Hi","nested":{"message_id":"x"},"message_id":"9f03c2aa-17"}""";

        Assert.Equal("Hi", Read(frame.Replace("#", Payload, StringComparison.Ordinal)).Text);
        Assert.Equal("Hi", Read(frame.Replace("#", JsonSerializer.Serialize(Payload), StringComparison.Ordinal)).Text);
        Assert.Equal("Hi", Read(frame.Replace("#", JsonSerializer.Serialize(" \n" + Payload), StringComparison.Ordinal)).Text);
        Assert.Equal("Hi", Read(frame.Replace("#", '"' + Convert.ToBase64String(Encoding.UTF8.GetBytes(Payload)) + '"', StringComparison.Ordinal)).Text);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("1", true)]
    [InlineData("\"1\"", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("\"no\"", false)]
    [InlineData("null", false)]
    [InlineData("{}", false)]
    public void The_mark_of_a_last_answer_is_believed(string mark, bool ended)
    {
        var frame = Read(Frame($$"""{"message_id":"9f03c2aa-17","answer":"Hi","answer_ended":{{mark}}}"""));

        Assert.Equal(new ReceivedFrame(ReceivedFrameKind.Answer, true, Id, "Hi", ended), frame);
    }

    [Fact]
    public void A_last_answer_may_have_no_text()
    {
        Assert.Equal(new ReceivedFrame(ReceivedFrameKind.Answer, true, Id, "", true), Read(Frame("""{"message_id":"9f03c2aa-17","answer_ended":true}""")));
    }

    [Theory]
    [InlineData("""{"message_id":"1","answer":"Hi"}""")]
    [InlineData("""{"message_id":17,"answer":"Hi"}""")]
    [InlineData("""{"message_id":"9f03c2aa-17 ","answer":"Hi"}""")]
    [InlineData("""{"message_id":"9f03c2aa-17-and-a-long-tail-and-a-long-tail-and-a-long-tail-and-a-long-tail-and-a-long-tail-and-a-long-tail-and-a-long-tail","answer":"Hi"}""")]
    public void An_id_that_is_not_ours_says_so(string payload)
    {
        var frame = Read(Frame(payload));

        Assert.Equal((ReceivedFrameKind.Answer, false), (frame.Kind, frame.HasId));
    }

    [Fact]
    public void An_id_that_is_written_in_escapes_is_ours()
    {
        var escaped = string.Concat("9f03c2aa-17".Select(c => $"\\u{(int)c:x4}"));

        Assert.Equal(Id, Read(Frame($$"""{"message_id":"{{escaped}}","answer":"Hi"}""")).Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"chat\"")]
    [InlineData("{}")]
    [InlineData("ping")]
    [InlineData("""{"type":"chat"}""")]
    [InlineData("""{"type":"chat","payload":null}""")]
    [InlineData("""{"type":"chat","payload":5}""")]
    [InlineData("""{"type":"chat","payload":[]}""")]
    [InlineData("""{"type":"chat","payload":""}""")]
    [InlineData("""{"type":"chat","payload":" "}""")]
    [InlineData("""{"type":"chat","payload":"text"}""")]
    [InlineData("""{"type":"chat","payload":"[]"}""")]
    [InlineData("""{"type":"chat","payload":"{"}""")]
    [InlineData("""{"type":"chat","payload":"{}"}""")]
    [InlineData("""{"type":"chat","payload":"{\"answer\":\"Hi\"}"}""")]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":\"\",\"answer\":\"Hi\"}"}""")]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":null,\"answer\":\"Hi\"}"}""")]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":5}"}""")]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"Hi\""}""")]
    [InlineData("""{"type":"event","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"Hi\"}"}""")]
    [InlineData("""{"type":5,"payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"Hi\"}"}""")]
    [InlineData("""{"payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"Hi\"}"}""")]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"Hi\"}"} trailing""")]
    [InlineData("""{"type":"chat","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"Hi\"}""")]
    public void What_is_no_answer_is_ignored(string message)
    {
        Assert.Equal(ReceivedFrameKind.Ignored, Read(message).Kind);
    }

    [Fact]
    public void A_thousand_brackets_are_ignored()
    {
        Assert.Equal(ReceivedFrameKind.Ignored, Read("""{"type":"chat","payload":""" + new string('[', 1000) + new string(']', 1000) + "}").Kind);
        Assert.Equal(ReceivedFrameKind.Ignored, Read(Frame(new string('[', 1000))).Kind);
    }

    [Theory]
    [InlineData("""a\\ud83db""", "a\ufffdb")]
    [InlineData("""\\ude00\\ud83d""", "\ufffd\ufffd")]
    [InlineData("""\\ud83d\\ud83d\\ude00""", "\ufffd😀")]
    [InlineData("""\\\\ud83d \\ud83d""", "\\ud83d \ufffd")]
    [InlineData("""\\ud83d\\u0041""", "\ufffdA")]
    [InlineData("""a\ud83db""", "a\ufffdb")]
    public void Half_a_surrogate_pair_costs_an_answer_one_character_and_not_itself(string escaped, string expected)
    {
        Assert.Equal(expected, Read($$"""{"type":"chat","payload":"{\"message_id\":\"9f03c2aa-17\",\"answer\":\"{{escaped}}\"}"}""").Text);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_do_not_throw()
    {
        foreach (var payload in new[] { """{"message_id":"9f03c2aa-17","answer":"a#b"}""", """{"message_id":"#","answer":"ab"}""" })
        {
            byte[] message = [.. Encoding.UTF8.GetBytes(Frame(payload)).Select(b => b == '#' ? (byte)0xFF : b)];
            Assert.NotEqual(ReceivedFrameKind.Closed, ChatFrameReader.Read(message).Kind);
        }
    }

    [Fact]
    public void Nothing_that_is_cut_or_changed_makes_it_throw()
    {
        var random = new Random(20241121);
        var whole = Encoding.UTF8.GetBytes(Frame("""{"message_id":"9f03c2aa-17","answer":"Größe \ud83d\ude00","answer_ended":true}"""));
        for (var length = 0; length < whole.Length; length++) ChatFrameReader.Read(whole.AsSpan(0, length).ToArray());
        for (var round = 0; round < 20_000; round++)
        {
            var changed = whole.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Assert.NotEqual(ReceivedFrameKind.Closed, ChatFrameReader.Read(changed).Kind);
        }
    }

    [Fact]
    public void A_turn_and_its_answer_carry_the_same_id()
    {
        var sent = ChatFrameCodecTests.Write(new(Id, "Hello", Akool.Sessions.TurnSettings.Empty));
        var answer = sent.Replace("""\"question\":\"Hello\"}""", """\"question\":\"\",\"answer\":\"Hi\"}""", StringComparison.Ordinal);

        Assert.Equal(new ReceivedFrame(ReceivedFrameKind.Answer, true, Id, "Hi", false), Read(answer));
    }

    [Theory]
    [InlineData(150)]
    [InlineData(2000)]
    public void Reading_allocates_the_answers_text_and_nothing_else(int length)
    {
        var message = Encoding.UTF8.GetBytes(Frame($$"""{"message_id":"9f03c2aa-17","language":"English","question":"","answer":"\u00e9{{new string('x', length - 1)}}"}"""));

        Assert.Equal(Allocations.OfString(length), Allocations.OfEach(() => ChatFrameReader.Read(message)));
    }

    private static string Frame(string payload) => $$"""{"type":"chat","from":"server_8898","to":"client_8898","payload":{{JsonSerializer.Serialize(payload)}}}""";

    private static ReceivedFrame Read(string message) => ChatFrameReader.Read(Encoding.UTF8.GetBytes(message));
}
