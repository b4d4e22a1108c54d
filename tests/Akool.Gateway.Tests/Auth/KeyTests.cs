using Akool.Avatar.V1;
using Akool.Gateway.Auth;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Akool.Gateway.Tests.Auth;

public sealed class KeyTests
{
    private const string Refused = "Unauthenticated CREDENTIALS_INVALID";
    private static readonly (string, string)[] Shop = AuthHost.Key(0, "shop-key", "shop", "sessions");

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_makes_its_owner_the_caller()
    {
        await using var host = await AuthHost.StartAsync([.. Shop, .. AuthHost.Key(1, "other-key", "other", "sessions", "chat")]);

        Assert.Equal("shop Sessions", await host.WhoAmIAsync(Refusals.Bearer("shop-key")));
        Assert.Equal("other Sessions, Chat", await host.WhoAmIAsync(Refusals.Bearer("other-key")));
        Assert.Equal("shop Sessions", await host.WhoAmIAsync(new() { { "authorization", "bearer shop-key" } }));
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Bearer")]
    [InlineData("Bearer shop-key ,")]
    [InlineData("Bearer shop-ke")]
    [InlineData("Bearer shop-keyy")]
    [InlineData("Basic c2hvcC1rZXk=")]
    [InlineData("shop-key")]
    [InlineData("Bearer shop-key, Bearer shop-key")]
    public async Task Anything_but_a_key_is_refused(string header)
    {
        await using var host = await AuthHost.StartAsync(Shop);

        Assert.Equal(Refused, await host.WhoAmIAsync(new() { { "authorization", header } }).ReasonAsync());
    }

    [Fact]
    public async Task Nothing_is_refused()
    {
        await using var host = await AuthHost.StartAsync(Shop);

        Assert.Equal(Refused, await host.WhoAmIAsync().ReasonAsync());
    }

    [Fact]
    public async Task The_hash_of_a_key_is_not_a_key()
    {
        await using var host = await AuthHost.StartAsync(Shop);

        Assert.Equal(Refused, await host.WhoAmIAsync(Refusals.Bearer(Shop.Single(one => one.Item1.EndsWith("Sha256", StringComparison.Ordinal)).Item2)).ReasonAsync());
    }

    [Fact]
    public async Task Two_authorization_headers_are_refused_though_both_are_right()
    {
        await using var services = new ServiceCollection().AddLogging().AddGatewayAuth()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Add(new Settings(Shop)).Build()).BuildServiceProvider();
        var authentication = services.GetRequiredService<CallerAuthentication>();
        var call = new DefaultHttpContext();

        call.Request.Headers.Authorization = "Bearer shop-key";
        Assert.True((await authentication.AuthenticateAsync(call)).IsOk);
        call.Request.Headers.Authorization = new(["Bearer shop-key", "Bearer shop-key"]);
        var error = (await authentication.AuthenticateAsync(call)).Error;

        Assert.Equal(Sessions.SessionErrorCode.CredentialsInvalid, error?.Code);
        Assert.Contains("more than one", error?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_outside_the_scopes_of_its_key_is_denied()
    {
        await using var host = await AuthHost.StartAsync(Shop);
        var channel = host.Connect();

        var admin = new AdminService.AdminServiceClient(channel).GetCapacityAsync(new(), Refusals.Bearer("shop-key"), cancellationToken: Test);
        Assert.Equal("PermissionDenied SCOPE_MISSING", await admin.ResponseAsync.ReasonAsync());

        using var chat = new ChatService.ChatServiceClient(channel).Chat(Refusals.Bearer("shop-key"), cancellationToken: Test);
        Assert.Equal("PermissionDenied SCOPE_MISSING", await chat.ResponseStream.MoveNext(Test).ReasonAsync());
    }

    [Fact]
    public async Task A_path_in_other_letters_needs_the_same_scope()
    {
        await using var host = await AuthHost.StartAsync(Shop);
        var odd = new Method<GetCapacityRequest, GetCapacityResponse>(
            MethodType.Unary,
            "AKOOL.avatar.v1.adminservice",
            "getcapacity",
            Marshallers.Create(_ => Array.Empty<byte>(), GetCapacityRequest.Parser.ParseFrom),
            Marshallers.Create(_ => Array.Empty<byte>(), GetCapacityResponse.Parser.ParseFrom));

        var call = host.Connect().CreateCallInvoker().AsyncUnaryCall(odd, null, new CallOptions(Refusals.Bearer("shop-key"), cancellationToken: Test), new());

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(AuthHost.Hang, Test));
        Assert.Contains(error.StatusCode, (StatusCode[])[StatusCode.PermissionDenied, StatusCode.Unimplemented]);
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_told_to_callers_only()
    {
        await using var host = await AuthHost.StartAsync(Shop);
        var sessions = new SessionService.SessionServiceClient(host.Connect());
        var nothing = new Method<GetSessionRequest, GetSessionResponse>(
            MethodType.Unary,
            "akool.avatar.v1.NoService",
            "Nothing",
            Marshallers.Create(_ => Array.Empty<byte>(), GetSessionRequest.Parser.ParseFrom),
            Marshallers.Create(_ => Array.Empty<byte>(), GetSessionResponse.Parser.ParseFrom));

        var stranger = host.Connect().CreateCallInvoker().AsyncUnaryCall(nothing, null, new CallOptions(cancellationToken: Test), new());
        Assert.Equal(Refused, await stranger.ResponseAsync.ReasonAsync());
        var caller = host.Connect().CreateCallInvoker().AsyncUnaryCall(nothing, null, new CallOptions(Refusals.Bearer("shop-key"), cancellationToken: Test), new());
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => caller.ResponseAsync.WaitAsync(AuthHost.Hang, Test))).StatusCode);
    }

    [Fact]
    public async Task Health_needs_no_credentials()
    {
        await using var host = await AuthHost.StartAsync(Shop);

        // The stub has no service of that name: it was reached, and said so.
        var error = await Assert.ThrowsAsync<RpcException>(() => new Health.HealthClient(host.Connect())
            .CheckAsync(new HealthCheckRequest { Service = "x" }, cancellationToken: Test).ResponseAsync.WaitAsync(AuthHost.Hang, Test));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Without_credentials_configured_everybody_is_local()
    {
        await using var host = await AuthHost.StartAsync();

        Assert.Equal("local All", await host.WhoAmIAsync());
        Assert.Equal("local All", await host.WhoAmIAsync(Refusals.Bearer("whatever")));
    }
}
