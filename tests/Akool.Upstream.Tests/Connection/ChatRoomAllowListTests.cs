using Akool.Upstream.Connection;

namespace Akool.Upstream.Tests.Connection;

public sealed class ChatRoomAllowListTests
{
    [Theory]
    [InlineData("wss://stream-open-test.akool.io:8443/final_1/client_1.chat")]
    [InlineData("wss://a.b.akool.com/x")]
    [InlineData("wss://STREAM.AKOOL.IO/x")]
    [InlineData("wss://openapi.akool.com/x")]
    public void Akools_hosts_may_be_connected(string url)
    {
        Assert.NotNull(new ChatRoomAllowList(new("https://openapi.akool.com"), []).Check(url));
    }

    [Theory]
    [InlineData("")]
    [InlineData("stream.akool.io/x")]
    [InlineData("https://stream.akool.io/x")]
    [InlineData("ws://stream.akool.io/x")]
    [InlineData("ws://127.0.0.1/x")]
    [InlineData("wss://akool.io/x")]
    [InlineData("wss://.akool.io/x")]
    [InlineData("wss://evilakool.io/x")]
    [InlineData("wss://akool.io.evil.example/x")]
    [InlineData("wss://stream.akool.io.evil.example/x")]
    [InlineData("wss://evil.example/stream.akool.io")]
    [InlineData("wss://evil.example#.akool.io")]
    [InlineData("wss://evil.example\\.akool.io/x")]
    [InlineData("wss://stream.akool.io@evil.example/x")]
    [InlineData("wss://user:pass@stream.akool.io/x")]
    [InlineData("wss://stream.akool.io/x#fragment")]
    [InlineData("wss://127.0.0.1/x")]
    [InlineData("wss://169.254.169.254/x")]
    [InlineData("wss://[::1]/x")]
    [InlineData("file:///etc/passwd")]
    public void Everything_else_may_not(string url)
    {
        Assert.Null(new ChatRoomAllowList(new("https://openapi.akool.com"), []).Check(url));
    }

    [Fact]
    public void A_list_of_ones_own_replaces_akools_hosts_but_not_the_base_urls()
    {
        var list = new ChatRoomAllowList(new("https://akool.corp.example"), ["*.rooms.example", "one.example"]);

        Assert.NotNull(list.Check("wss://a.rooms.example/x"));
        Assert.NotNull(list.Check("wss://one.example:9/x"));
        Assert.NotNull(list.Check("wss://akool.corp.example/x"));
        Assert.Null(list.Check("wss://a.one.example/x"));
        Assert.Null(list.Check("wss://stream.akool.io/x"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5500", "ws://127.0.0.1:6000/x", true)]
    [InlineData("http://localhost:5500", "ws://127.0.0.1:6000/x", true)]
    [InlineData("http://localhost:5500", "ws://localhost/x", true)]
    [InlineData("http://[::1]:5500", "ws://[::1]:6000/x", true)]
    [InlineData("http://127.0.0.1:5500", "ws://10.0.0.1/x", false)]
    [InlineData("http://127.0.0.1:5500", "ws://stream.akool.io/x", false)]
    [InlineData("https://openapi.akool.com", "ws://localhost/x", false)]
    [InlineData("https://openapi.akool.com", "ws://openapi.akool.com/x", false)]
    public void An_unencrypted_room_is_for_loopback_alone(string baseUrl, string url, bool allowed)
    {
        Assert.Equal(allowed, new ChatRoomAllowList(new(baseUrl), []).Check(url) is not null);
    }

    [Theory]
    [InlineData("akool.io", true)]
    [InlineData("*.akool.io", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("*", false)]
    [InlineData("*.", false)]
    [InlineData("", false)]
    [InlineData("a.*.io", false)]
    [InlineData("https://akool.io", false)]
    [InlineData("akool.io:8443", false)]
    [InlineData("akool.io/x", false)]
    public void A_pattern_is_a_host_or_all_hosts_under_one(string pattern, bool valid)
    {
        Assert.Equal(valid, ChatRoomAllowList.IsHostPattern(pattern));
    }
}
