using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;
using Akool.Upstream.Wire;

namespace Akool.Upstream.Tests.Wire;

public sealed class ChatFrameCodecTests
{
    private static readonly JsonEncodedText Peer = JsonEncodedText.Encode("server_8898");
    private static readonly TurnSettings Documented = new("21m00Tcm4TlvDq8ikWAM", "en", TurnMode.Retell, null);

    [Theory]
    [InlineData("A-v3-websocket/DERIVED-ws-send-chat.wire.json")]
    [InlineData("A-v3-websocket/ws-send-chat.payload-as-object.json")]
    public void A_frame_says_what_the_documentation_shows(string fixture)
    {
        var expected = WithOurId(JsonNode.Parse(Fixtures.Text(fixture))!);

        var frame = JsonNode.Parse(Write(new(new(0x9f03c2aa, 17), "Hello", Documented)))!;

        Assert.Equal(["type", "to", "payload"], frame.AsObject().Select(field => field.Key));
        Assert.Equal(JsonValueKind.String, frame["payload"]!.GetValueKind());
        Assert.True(JsonNode.DeepEquals(expected, WithPayloadParsed(frame)), frame.ToJsonString());
    }

    [Fact]
    public void A_frame_is_byte_for_byte_what_the_official_client_builds()
    {
        var expected = Fixtures.Text("A-v3-websocket/ws-send-chat.official-demo-shape.json").Trim()
            .Replace("msg-1723629433573", "9f03c2aa-17", StringComparison.Ordinal)
            .Replace("\\\"voice_url\\\":\\\"\\\",", "", StringComparison.Ordinal)
            .Replace("\\\"content\\\":\\\"\\\"", "\\\"content\\\":\\\"https://x.example/role.pdf\\\"", StringComparison.Ordinal);

        var frame = Write(new(new(0x9f03c2aa, 17), "Hello", new("Xb7hH8MSUJpSbSDYk0k2", "en", TurnMode.Dialogue, new(null, "https://x.example/role.pdf"))));

        Assert.Equal(expected, frame);
    }

    [Fact]
    public void What_is_not_set_is_left_out()
    {
        var payload = PayloadOf(Write(new(new(1, 1), "Hi", TurnSettings.Empty)));

        Assert.Equal(["message_id", "mode_type", "prompt", "question"], payload.AsObject().Select(field => field.Key));
        Assert.Equal(1, (int)payload["mode_type"]!);
        Assert.Equal("""{"from":"text","content":""}""", payload["prompt"]!.ToJsonString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("quotes \" and \\ and / and \r\n\t\b\f")]
    [InlineData("controls \0 \u0001 \u001f \u007f \u2028 \u2029")]
    [InlineData("Größe 你好 مرحبا 😀 e\u0301")]
    [InlineData("<script>&'+`</script>")]
    public void A_text_arrives_as_it_was(string text)
    {
        var settings = new TurnSettings(text + "v", text + "l", TurnMode.Dialogue, new(text, null));

        var payload = PayloadOf(Write(new(new(uint.MaxValue, int.MaxValue), text, settings)));

        Assert.Equal("ffffffff-2147483647", (string?)payload["message_id"]);
        Assert.Equal((text, text + "v", text + "l"), ((string?)payload["question"], (string?)payload["voice_id"], (string?)payload["language"]));
        Assert.Equal(text, (string?)payload["prompt"]!["content"]);
        Assert.Equal(2, (int)payload["mode_type"]!);
    }

    // Text that needs escapes is written a piece at a time: nothing may be lost or cut in two where one piece ends.
    [Theory]
    [InlineData("😀")]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("\u0001")]
    [InlineData("你")]
    public void A_text_of_any_length_arrives_as_it_was(string odd)
    {
        for (var length = 0; length < 600; length++)
        {
            var text = new string('x', length) + odd + odd + "y";
            Assert.Equal(text, (string?)PayloadOf(Write(new(new(1, 1), text, TurnSettings.Empty)))["question"]);
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced()
    {
        Assert.Equal("a\ufffdb", (string?)PayloadOf(Write(new(new(1, 1), "a\ud83db", TurnSettings.Empty)))["question"]);
    }

    [Fact]
    public void A_buffer_that_was_used_for_a_large_frame_writes_a_small_one()
    {
        var large = new string('"', 300_000);
        Assert.Equal(large, (string?)PayloadOf(Write(new(new(1, 1), large, TurnSettings.Empty)))["question"]);
        Assert.Equal("b", (string?)PayloadOf(Write(new(new(1, 2), "b", TurnSettings.Empty)))["question"]);
    }

    [Theory]
    [InlineData("wss://stream-open-test.akool.io:8443/final_20240718075254093_8898/server_8898.chat", "server_8898")]
    [InlineData("wss://x.akool.io/server_1.chat.bak?to=/other.x", "server_1")]
    [InlineData("wss://x.akool.io/a/server", "server")]
    [InlineData("wss://x.akool.io/a/s%22erver", "s%22erver")]
    public void The_peer_is_the_last_segment_up_to_its_first_dot(string url, string expected)
    {
        Assert.Equal(expected, ChatFrameCodec.PeerOf(url)!.Value.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("server_1.chat")]
    [InlineData("wss://x.akool.io")]
    [InlineData("wss://x.akool.io/a/")]
    [InlineData("wss://x.akool.io/a/.chat")]
    public void A_url_that_names_no_peer_gives_none(string url)
    {
        Assert.Null(ChatFrameCodec.PeerOf(url));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('"')]
    [InlineData('你')]
    public void Writing_allocates_nothing(char letter)
    {
        var turn = new TurnFrame(new(0x9f03c2aa, 17), new string(letter, 150), Documented);

        Assert.Equal(0, Allocations.OfEach(() => WriteAndReturn(turn)));
    }

    internal static string Write(in TurnFrame turn)
    {
        var buffer = FrameBuffer.Rent();
        ChatFrameCodec.Write(buffer, turn, Peer);
        var text = Encoding.UTF8.GetString(buffer.FrameBytes.Span[OutgoingFrame.MaxHeader..]);
        buffer.Return();
        return text;
    }

    private static void WriteAndReturn(in TurnFrame turn)
    {
        var buffer = FrameBuffer.Rent();
        ChatFrameCodec.Write(buffer, turn, Peer);
        buffer.Return();
    }

    private static JsonNode PayloadOf(string frame) => JsonNode.Parse((string)JsonNode.Parse(frame)!["payload"]!)!;

    private static JsonNode WithPayloadParsed(JsonNode frame)
    {
        if (frame["payload"] is JsonValue text) frame["payload"] = JsonNode.Parse((string)text!);
        return frame;
    }

    private static JsonNode WithOurId(JsonNode frame)
    {
        WithPayloadParsed(frame)["payload"]!["message_id"] = "9f03c2aa-17";
        return frame;
    }
}
