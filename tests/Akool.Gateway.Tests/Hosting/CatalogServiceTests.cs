using Akool.Avatar.V1;
using Akool.Sessions;
using Akool.Testing;
using Google.Rpc;
using Grpc.Core;
using Domain = Akool.Sessions.Ports;

namespace Akool.Gateway.Tests.Hosting;

public sealed class CatalogServiceTests
{
    [Fact]
    public async Task The_catalogue_is_served()
    {
        await using var server = await ServerFixture.StartAsync();
        server.Api.Avatars = [new Domain.Avatar("kai", "r-1", "Kai", "https://example.com/p", "v-1", Domain.AvatarState.Ready)];
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        var avatars = await catalog.ListAvatarsAsync(new ListAvatarsRequest()).ResponseAsync.WaitAsync(TestLimits.Hang);
        var avatar = await catalog.GetAvatarAsync(new GetAvatarRequest { AvatarId = "r-1" }).ResponseAsync.WaitAsync(TestLimits.Hang);
        var voices = await catalog.ListVoicesAsync(new ListVoicesRequest()).ResponseAsync.WaitAsync(TestLimits.Hang);
        var languages = await catalog.ListLanguagesAsync(new ListLanguagesRequest()).ResponseAsync.WaitAsync(TestLimits.Hang);

        Assert.Equal("kai", Assert.Single(avatars.Avatars).AvatarId);
        Assert.Equal("Kai", avatar.Avatar.DisplayName);
        Assert.Equal("v-1", Assert.Single(voices.Voices).VoiceId);
        Assert.Equal("en", Assert.Single(languages.Languages).LanguageCode);
    }

    [Fact]
    public async Task Avatars_come_in_pages()
    {
        await using var server = await ServerFixture.StartAsync();
        server.Api.Avatars = [.. Enumerable.Range(100, 250).Select(i => new Domain.Avatar($"a{i}", "", "", "", "", Domain.AvatarState.Ready))];
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        var seen = new List<string>();
        var sizes = new List<int>();
        var token = "";
        do
        {
            var page = await catalog.ListAvatarsAsync(new ListAvatarsRequest { PageToken = token }).ResponseAsync.WaitAsync(TestLimits.Hang);
            seen.AddRange(page.Avatars.Select(avatar => avatar.AvatarId));
            sizes.Add(page.Avatars.Count);
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal([100, 100, 50], sizes);
        Assert.Equal(server.Api.Avatars.Select(avatar => avatar.AvatarId), seen);
        Assert.Equal(1, server.Api.Calls);
    }

    [Fact]
    public async Task A_new_avatar_is_made_and_told_as_not_yet_ready()
    {
        await using var server = await ServerFixture.StartAsync();
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        var made = await catalog.CreateAvatarAsync(new CreateAvatarRequest { AvatarId = "mine", VideoUrl = "https://example.com/v.mp4", DisplayName = "Mine" })
            .ResponseAsync.WaitAsync(TestLimits.Hang);

        Assert.Equal(("mine", "r-mine", "Mine", Akool.Avatar.V1.Avatar.Types.State.Queueing), (made.Avatar.AvatarId, made.Avatar.RecordId, made.Avatar.DisplayName, made.Avatar.State));
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_told_and_never_reaches_AKOOL()
    {
        await using var server = await ServerFixture.StartAsync();
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        var failures = new[]
        {
            await FailAsync(catalog.GetAvatarAsync(new GetAvatarRequest())),
            await FailAsync(catalog.GetAvatarAsync(new GetAvatarRequest { AvatarId = new string('x', 129) })),
            await FailAsync(catalog.CreateAvatarAsync(new CreateAvatarRequest { AvatarId = "mine", VideoUrl = "file:///etc/passwd" })),
            await FailAsync(catalog.ListAvatarsAsync(new ListAvatarsRequest { PageSize = -1 })),
            await FailAsync(catalog.ListAvatarsAsync(new ListAvatarsRequest { PageToken = "made-up" })),
        };

        Assert.All(failures, failure => Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode));
        Assert.Equal(
            ["avatar_id", "avatar_id", "video_url", "page_size", null],
            failures.Select(failure => failure.GetRpcStatus()!.GetDetail<BadRequest>()?.FieldViolations.Single().Field));
        Assert.Equal("INVALID_PAGE_TOKEN", failures[^1].GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(0, server.Api.Calls);
    }

    [Fact]
    public async Task An_expected_failure_is_told_with_its_details()
    {
        await using var server = await ServerFixture.StartAsync();
        server.Api.Failure = new SessionError(SessionErrorCode.UpstreamBusy, "AKOOL is busy") { UpstreamCode = 1215, RetryAfter = TimeSpan.FromSeconds(4) };
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        var failure = await FailAsync(catalog.ListVoicesAsync(new ListVoicesRequest()));

        var status = failure.GetRpcStatus()!;
        Assert.Equal((StatusCode.ResourceExhausted, "AKOOL is busy"), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal(("UPSTREAM_BUSY", "1215"), (status.GetDetail<ErrorInfo>()!.Reason, status.GetDetail<ErrorInfo>()!.Metadata["upstream_code"]));
        Assert.Equal(TimeSpan.FromSeconds(4), status.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
    }

    [Fact]
    public async Task A_bug_is_logged_once_and_answered_without_its_cause()
    {
        await using var server = await ServerFixture.StartAsync();
        server.Log.Expect(3002);
        server.Api.Bug = new InvalidOperationException("secret-of-the-house");
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        var failure = await FailAsync(catalog.ListVoicesAsync(new ListVoicesRequest()));

        Assert.Equal((StatusCode.Internal, "internal error"), (failure.StatusCode, failure.Status.Detail));
        Assert.DoesNotContain(failure.Trailers, entry => !entry.IsBinary && entry.Value.Contains("secret", StringComparison.Ordinal));
        Assert.Single(server.Log.Lines, line => line.Exception?.Contains("secret-of-the-house", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_no_error()
    {
        await using var server = await ServerFixture.StartAsync();
        var gate = new Gate();
        server.Api.Hold = gate.PassAsync;
        using var leaving = new CancellationTokenSource();

        var call = new CatalogService.CatalogServiceClient(server.Channel).ListVoicesAsync(new ListVoicesRequest(), cancellationToken: leaving.Token);
        await gate.Reached;
        await leaving.CancelAsync();
        var failure = await FailAsync(call);
        gate.Open();

        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    private static Task<RpcException> FailAsync<T>(AsyncUnaryCall<T> call) => Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TestLimits.Hang));
}
