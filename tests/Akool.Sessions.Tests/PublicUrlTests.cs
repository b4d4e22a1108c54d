namespace Akool.Sessions.Tests;

public sealed class PublicUrlTests
{
    [Theory]
    [InlineData("https://static.website-files.org/assets/1716867976184-c698621e_thumbnail.webp")]
    [InlineData("http://example.com")]
    [InlineData("HTTPS://EXAMPLE.COM:8443/a?b=c#d")]
    [InlineData("https://example.com/a@b?user:pass@host")]
    [InlineData("https://8.8.8.8/x")]
    [InlineData("https://[2606:4700:4700::1111]/x")]
    [InlineData("https://xn--bcher-kva.example.org/x")]
    [InlineData("https://example.org/bücher")]
    [InlineData("https://localhost.example.org/")]
    [InlineData("https://example.org./")]
    [InlineData("https://172.15.0.1/")]
    [InlineData("https://172.32.0.1/")]
    public void A_public_address_may_be_passed_on(string url)
    {
        Assert.True(PublicUrl.IsAllowed(url, out var reason), reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com/x")]
    [InlineData("/x")]
    [InlineData("//example.com/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/plain,x")]
    [InlineData("ftp://example.com/x")]
    [InlineData("gopher://example.com/x")]
    [InlineData("wss://example.com/x")]
    [InlineData("http:example.com")]
    [InlineData("http:/example.com")]
    [InlineData("http://")]
    [InlineData("http:///x")]
    [InlineData("https://user:pass@example.com/")]
    [InlineData("https://user@example.com/")]
    [InlineData("https://@example.com/")]
    [InlineData("https://example.com\\@127.0.0.1/")]
    [InlineData("https://example.com/a b")]
    [InlineData(" https://example.com/")]
    [InlineData("https://example.com/\r\nx")]
    [InlineData("https://exam\tple.com/")]
    [InlineData("https://example.com/\0")]
    public void What_is_no_plain_http_url_is_refused(string url)
    {
        Assert.False(PublicUrl.IsAllowed(url, out var reason));
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0x7F.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("00000177.0.0.1")]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("169.254.169.254")]
    [InlineData("0xa9fea9fe")]
    [InlineData("2852039166")]
    [InlineData("169.254.43518")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("①②⑦.⓪.⓪.①")]
    [InlineData("１２７.０.０.１")]
    [InlineData("127。0。0。1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("999.999.999.999")]
    [InlineData("example.0x7f")]
    [InlineData("[::]")]
    [InlineData("[::1]")]
    [InlineData("[0:0:0:0:0:0:0:1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::ffff:10.0.0.1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[64:ff9b:1::1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[2001:0:7f00:1::]")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[fc00::1]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[fe80::1]")]
    [InlineData("[fe80::1%25eth0]")]
    [InlineData("[fec0::1]")]
    [InlineData("[ff02::1]")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("localhost.")]
    [InlineData("foo.localhost")]
    [InlineData("printer.local")]
    [InlineData("printer.LOCAL.")]
    [InlineData("metadata.google.internal")]
    [InlineData("metadata")]
    [InlineData("router.lan")]
    [InlineData("x.home.arpa")]
    [InlineData("redis")]
    public void A_host_that_is_not_of_the_public_internet_is_refused(string host)
    {
        Assert.False(PublicUrl.IsAllowed($"http://{host}/x", out _));
        Assert.False(PublicUrl.IsAllowed($"https://{host}:8080/x", out _));
    }

    [Fact]
    public void A_fault_does_not_repeat_the_url()
    {
        PublicUrl.IsAllowed("https://planted:planted@planted.example.org/", out var reason);

        Assert.DoesNotContain("planted", reason, StringComparison.Ordinal);
    }
}
