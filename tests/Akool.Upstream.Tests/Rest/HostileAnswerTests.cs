using System.Text;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Rest;

public sealed class HostileAnswerTests
{
    private const string Planted = "planted-secret";

    public static TheoryData<string, string> Bodies => new()
    {
        { "nothing", "" },
        { "HTML", $"<html><body>{Planted}</body></html>" },
        { "truncated", $$"""{"code":1000,"data":{"_id":"{{Planted}}""" },
        { "null", "null" },
        { "array", "[]" },
        { "text", $"\"{Planted}\"" },
        { "number", "1000" },
        { "no code", $$$"""{"msg":"{{{Planted}}}","data":{"_id":"{{{Planted}}}"}}""" },
        { "code is null", """{"code":null}""" },
        { "code is an object", """{"code":{}}""" },
        { "code is too large", """{"code":99999999999999999999}""" },
        { "code is a word", """{"code":"OK"}""" },
        { "deep", new string('[', 10_000) + new string(']', 10_000) },
        { "deep data", """{"code":1000,"data":""" + new string('[', 10_000) + new string(']', 10_000) + "}" },
        { "two bodies", """{"code":1000}{"code":1000}""" },
        { "no data", """{"code":1000}""" },
        { "data is null", """{"code":1000,"data":null}""" },
        { "data is a text", $$"""{"code":1000,"data":"{{Planted}}"}""" },
        { "data of the wrong types", """{"code":1000,"data":{"_id":{},"status":[],"stream_urls":7}}""" },
        { "lone surrogate", """{"code":1000,"data":{"_id":"\ud800","stream_urls":{"client_chat_room_url":"\udc00","server_chat_room_url":"x"}}}""" },
        { "lone surrogate as code", """{"code":"\ud800"}""" },
    };

    [Theory]
    [InlineData("2592000")]
    [InlineData("Tue, 02 Jan 2125 03:04:12 GMT")]
    public async Task Nobody_is_told_to_wait_for_days(string retryAfter)
    {
        using var akool = new StubAkool();
        akool.Answer = (_, _) => Task.FromResult(StubAkool.Reply("", 503, retryAfter));

        var refused = await akool.Api.CloseAsync(new("6698"), default);

        Assert.Equal(TimeSpan.FromMinutes(10), refused.Error?.RetryAfter);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Nonsense_is_a_protocol_error_in_our_own_words(string what, string body)
    {
        using var akool = new StubAkool();
        akool.Answers(body);

        SessionError?[] errors =
        [
            (await akool.Api.CreateAsync(Fixtures.Config, default)).Error,
            (await akool.Api.DetailAsync(new("6698"), default)).Error,
            (await akool.Api.ListAsync(1, 10, null, default)).Error,
        ];

        Assert.All(errors, error => Assert.True(error?.Code == SessionErrorCode.UpstreamProtocol, $"{what}: {error}"));
        Assert.All(errors, error => Assert.DoesNotContain(Planted, error!.ToString(), StringComparison.Ordinal));
        Assert.True(CreateFailure.MayHaveBegun(errors[0]!), "a create whose answer cannot be read may have begun a session");
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_a_protocol_error()
    {
        using var akool = new StubAkool();
        var body = Encoding.UTF8.GetBytes("""{"code":1000,"data":{"_id":"####"}}""").Select(b => b == '#' ? (byte)0xFF : b).ToArray();
        akool.Answer = (_, _) => Task.FromResult(StubAkool.Reply(body));

        Assert.Equal(SessionErrorCode.UpstreamProtocol, (await akool.Api.DetailAsync(new("6698"), default)).Error!.Code);
    }

    [Fact]
    public async Task A_session_without_a_room_is_named_so_that_it_can_be_closed()
    {
        using var akool = new StubAkool();
        akool.Answers("""{"code":1000,"data":{"_id":"6698","stream_urls":{"client_pull_stream_url":"https://x"}}}""");

        var error = (await akool.Api.CreateAsync(Fixtures.Config, default)).Error!;

        Assert.Equal(SessionErrorCode.UpstreamProtocol, error.Code);
        Assert.Equal(new UpstreamId("6698"), error.Begun);
        Assert.True(CreateFailure.MayHaveBegun(error));
    }

    [Theory]
    [InlineData(400, SessionErrorCode.UpstreamRejected)]
    [InlineData(401, SessionErrorCode.UpstreamAuthRejected)]
    [InlineData(403, SessionErrorCode.UpstreamAuthRejected)]
    [InlineData(404, SessionErrorCode.UpstreamProtocol)]
    [InlineData(302, SessionErrorCode.UpstreamProtocol)]
    [InlineData(204, SessionErrorCode.UpstreamProtocol)]
    [InlineData(429, SessionErrorCode.UpstreamBusy)]
    [InlineData(500, SessionErrorCode.UpstreamUnavailable)]
    [InlineData(503, SessionErrorCode.UpstreamUnavailable)]
    public async Task Without_a_code_the_http_status_decides(int status, SessionErrorCode expected)
    {
        using var akool = new StubAkool();
        akool.Answers("<html>", status);

        var error = (await akool.Api.CreateAsync(Fixtures.Config, default)).Error!;

        Assert.Equal(expected, error.Code);
        Assert.Equal(0, error.UpstreamCode);
    }
}
