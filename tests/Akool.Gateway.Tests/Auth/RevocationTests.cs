using Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Auth;

public sealed class RevocationTests
{
    private const string Refused = "Unauthenticated CREDENTIALS_INVALID";
    private static readonly (string, string)[] Shop = AuthHost.Key(0, "shop-key", "shop", "sessions", "chat");
    private static readonly (string, string)[] Other = AuthHost.Key(1, "other-key", "other", "sessions", "chat");

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_is_added_counts_without_a_restart()
    {
        await using var host = await AuthHost.StartAsync(Shop);
        Assert.Equal(Refused, await host.WhoAmIAsync(Refusals.Bearer("other-key")).ReasonAsync());

        host.Settings.Replace([.. Shop, .. Other]);

        Assert.Equal("other Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer("other-key")));
        Assert.Equal("shop Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer("shop-key")));
    }

    [Fact]
    public async Task A_revoked_key_ends_its_streams_and_no_others()
    {
        await using var host = await AuthHost.StartAsync([.. Shop, .. Other]);
        var channel = host.Connect();
        using var chat = new ChatService.ChatServiceClient(channel).Chat(Refusals.Bearer("shop-key"), cancellationToken: Test);
        using var watch = new SessionService.SessionServiceClient(channel).WatchSessions(new(), Refusals.Bearer("shop-key"), cancellationToken: Test);
        using var others = new ChatService.ChatServiceClient(channel).Chat(Refusals.Bearer("other-key"), cancellationToken: Test);
        await SayAsync(chat);
        await SayAsync(others);
        Assert.True(await watch.ResponseStream.MoveNext(Test).WaitAsync(AuthHost.Hang, Test));

        host.Settings.Replace(Other);

        Assert.Equal(Refused, await chat.ResponseStream.MoveNext(Test).ReasonAsync());
        Assert.Equal(Refused, await watch.ResponseStream.MoveNext(Test).ReasonAsync());
        Assert.Equal(Refused, await host.WhoAmIAsync(Refusals.Bearer("shop-key")).ReasonAsync());
        await SayAsync(others);
    }

    [Fact]
    public async Task A_key_whose_scopes_are_cut_ends_its_streams()
    {
        await using var host = await AuthHost.StartAsync(Shop);
        using var chat = new ChatService.ChatServiceClient(host.Connect()).Chat(Refusals.Bearer("shop-key"), cancellationToken: Test);
        await SayAsync(chat);

        host.Settings.Replace(AuthHost.Key(0, "shop-key", "shop", "sessions"));

        Assert.Equal(Refused, await chat.ResponseStream.MoveNext(Test).ReasonAsync());
    }

    [Fact]
    public async Task A_change_elsewhere_ends_no_stream()
    {
        await using var host = await AuthHost.StartAsync(Shop);
        using var chat = new ChatService.ChatServiceClient(host.Connect()).Chat(Refusals.Bearer("shop-key"), cancellationToken: Test);
        await SayAsync(chat);

        host.Settings.Replace([.. Shop, ("Chat:MaxTurnBytes", "1000")]);

        await SayAsync(chat);
    }

    [Fact]
    public async Task Taking_the_last_key_away_lets_nobody_in()
    {
        await using var host = await AuthHost.StartAsync(Shop);

        host.Settings.Replace([]);

        Assert.Equal(Refused, await host.WhoAmIAsync().ReasonAsync());
        Assert.Equal(Refused, await host.WhoAmIAsync(Refusals.Bearer("shop-key")).ReasonAsync());
    }

    [Fact]
    public async Task A_change_with_a_fault_changes_nothing()
    {
        await using var host = await AuthHost.StartAsync(Shop);

        host.Settings.Replace([("Gateway:Auth:Keys:0:Owner", "shop"), ("Gateway:Auth:Keys:0:Sha256", "12")]);

        Assert.Equal("shop Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer("shop-key")));
    }

    private static async Task SayAsync(Grpc.Core.AsyncDuplexStreamingCall<ChatRequest, ChatResponse> chat)
    {
        await chat.RequestStream.WriteAsync(new ChatRequest(), Test);
        Assert.True(await chat.ResponseStream.MoveNext(Test).WaitAsync(AuthHost.Hang, Test));
    }
}
