using System.Text.Json.Nodes;
using Akool.Sessions;
using Akool.Upstream.Rest;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Rest;

public sealed class AkoolTokenTests
{
    private const string Ok = """{"code":1000,"data":{"_id":"6698"}}""";
    private const string Rejected = """{"code":1101,"msg":"expired"}""";

    [Fact]
    public async Task A_token_is_fetched_once_and_used_for_all_calls()
    {
        using var akool = new StubAkool(withExchange: true);
        akool.Answer = (seen, _) => Task.FromResult(StubAkool.Reply(IsGetToken(seen) ? Fixtures.Text("rest-common/getToken-response.json") : Ok));

        await akool.Api.DetailAsync(new("6698"), default);
        await akool.Api.DetailAsync(new("6698"), default);

        Assert.Equal([null, "xxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxx"], akool.Seen.Select(seen => seen.Token));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"clientId":"client-1","clientSecret":"secret-1"}"""), JsonNode.Parse(akool.Seen.First().Body)));
    }

    [Fact]
    public async Task A_hundred_calls_whose_token_expired_refresh_it_once_and_all_succeed()
    {
        using var akool = new StubAkool(withExchange: true);
        var tokens = 0;
        var waiting = 0;
        var allRejected = new TaskCompletionSource();
        akool.Answer = async (seen, _) =>
        {
            if (IsGetToken(seen)) return StubAkool.Reply($$"""{"code":1000,"token":"token-{{Interlocked.Increment(ref tokens)}}"}""");
            if (seen.Token != "token-1") return StubAkool.Reply(Ok);
            if (Interlocked.Increment(ref waiting) == 100) allRejected.SetResult();
            await allRejected.Task;
            return StubAkool.Reply(Rejected);
        };

        var calls = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => akool.Api.DetailAsync(new("6698"), default))).WaitAsync(StubAkool.Hang);

        Assert.All(calls, call => Assert.True(call.IsOk));
        Assert.Equal(2, tokens);
        Assert.Equal(202, akool.Seen.Count);
    }

    [Fact]
    public async Task A_create_whose_token_expired_is_sent_again_with_the_new_one()
    {
        using var akool = new StubAkool(withExchange: true);
        var tokens = 0;
        akool.Answer = (seen, _) => Task.FromResult(StubAkool.Reply(
            IsGetToken(seen) ? $$"""{"code":1000,"token":"token-{{++tokens}}"}"""
            : seen.Token == "token-1" ? Rejected : Fixtures.Text("A-v3-websocket/create-response.json")));

        Assert.True((await akool.Api.CreateAsync(Fixtures.Config, default)).IsOk);
        Assert.Equal(["token-1", "token-2"], akool.Seen.Where(seen => !IsGetToken(seen)).Select(seen => seen.Token));
    }

    [Fact]
    public async Task Credentials_whose_tokens_are_all_rejected_are_not_tried_at_the_speed_of_the_calls()
    {
        using var akool = new StubAkool(withExchange: true);
        var tokens = 0;
        akool.Answer = (seen, _) => Task.FromResult(StubAkool.Reply(IsGetToken(seen) ? $$"""{"code":1000,"token":"token-{{++tokens}}"}""" : Rejected));

        for (var n = 0; n < 20; n++) Assert.Equal(SessionErrorCode.UpstreamAuthRejected, (await akool.Api.DetailAsync(new("6698"), default)).Error!.Code);
        Assert.Equal(2, tokens);

        akool.Time.Advance(TimeSpan.FromSeconds(2));
        await akool.Api.DetailAsync(new("6698"), default);
        Assert.Equal(3, tokens);
    }

    [Theory]
    [InlineData("""{"code":1101}""", SessionErrorCode.UpstreamAuthRejected)]
    [InlineData("""{"code":1003}""", SessionErrorCode.UpstreamAuthRejected)]
    [InlineData("""{"code":1200}""", SessionErrorCode.UpstreamAuthRejected)]
    [InlineData("""{"code":1000}""", SessionErrorCode.UpstreamProtocol)]
    [InlineData("""{"code":1000,"token":"two words"}""", SessionErrorCode.UpstreamProtocol)]
    [InlineData("""{"code":1000,"token":"a\r\nX-Evil: 1"}""", SessionErrorCode.UpstreamProtocol)]
    [InlineData("""{"code":1000,"token":"\ud800"}""", SessionErrorCode.UpstreamProtocol)]
    public async Task Without_a_token_nothing_is_sent(string answer, SessionErrorCode expected)
    {
        using var akool = new StubAkool(withExchange: true);
        akool.Answers(answer);

        var error = (await akool.Api.CreateAsync(Fixtures.Config, default)).Error!;

        Assert.Equal(expected, error.Code);
        Assert.True(error.NothingSent);
        Assert.All(akool.Seen, seen => Assert.True(IsGetToken(seen)));
    }

    [Fact]
    public async Task A_given_token_that_is_rejected_is_not_sent_twice()
    {
        using var akool = new StubAkool();
        akool.Answers(Rejected);

        Assert.Equal(SessionErrorCode.UpstreamAuthRejected, (await akool.Api.DetailAsync(new("6698"), default)).Error!.Code);
        Assert.Single(akool.Seen);
    }

    [Fact]
    public async Task A_token_file_is_followed_when_it_changes()
    {
        using var file = new TempFile("first-token\n");
        using var akool = new StubAkool(origin: new TokenFile(file.Path));
        akool.Answers(Ok);

        await akool.Api.DetailAsync(new("6698"), default);
        await File.WriteAllTextAsync(file.Path, "second-token");
        akool.Time.Advance(TimeSpan.FromSeconds(1.1));
        await akool.Api.DetailAsync(new("6698"), default);

        Assert.Equal(["first-token", "second-token"], akool.Seen.Select(seen => seen.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_token_goes_on_while_its_file_cannot_be_read(string? meanwhile)
    {
        using var file = new TempFile("first-token");
        using var akool = new StubAkool(origin: new TokenFile(file.Path));
        akool.Answers(Ok);

        await akool.Api.DetailAsync(new("6698"), default);
        if (meanwhile is null) File.Delete(file.Path);
        else await File.WriteAllTextAsync(file.Path, meanwhile);
        akool.Time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.True((await akool.Api.DetailAsync(new("6698"), default)).IsOk);
        await File.WriteAllTextAsync(file.Path, "second-token");
        akool.Time.Advance(TimeSpan.FromSeconds(1.1));
        await akool.Api.DetailAsync(new("6698"), default);

        Assert.Equal(["first-token", "first-token", "second-token"], akool.Seen.Select(seen => seen.Token));
    }

    [Fact]
    public async Task A_token_file_behind_a_link_is_followed_and_a_rejected_token_is_replaced_at_once()
    {
        using var first = new TempFile("first-token");
        using var second = new TempFile("second-token");
        using var link = new TempFile(null);
        File.CreateSymbolicLink(link.Path, first.Path);
        using var akool = new StubAkool(origin: new TokenFile(link.Path));
        akool.Answer = (seen, _) => Task.FromResult(StubAkool.Reply(seen.Token == "first-token" ? Rejected : Ok));

        var before = await akool.Api.DetailAsync(new("6698"), default);
        File.Delete(link.Path);
        File.CreateSymbolicLink(link.Path, second.Path);
        var after = await akool.Api.DetailAsync(new("6698"), default);

        Assert.Equal(SessionErrorCode.UpstreamAuthRejected, before.Error!.Code);
        Assert.True(after.IsOk);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData(null)]
    public async Task A_token_file_without_a_token_is_an_error_that_does_not_name_it(string? content)
    {
        using var file = new TempFile(content);
        using var akool = new StubAkool(origin: new TokenFile(file.Path));

        var error = (await akool.Api.DetailAsync(new("6698"), default)).Error!;

        Assert.Equal((SessionErrorCode.UpstreamAuthRejected, true), (error.Code, error.NothingSent));
        Assert.DoesNotContain(file.Path, error.Detail, StringComparison.Ordinal);
        Assert.Empty(akool.Seen);
    }

    private static bool IsGetToken(SeenRequest seen) => seen.Path == "/api/open/v3/getToken";

    private sealed class TempFile : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-token-");

        public TempFile(string? content)
        {
            Path = System.IO.Path.Combine(_folder.FullName, "token");
            if (content is not null) File.WriteAllText(Path, content);
        }

        public string Path { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
