using System.Net;
using Akool.Gateway.Hosting;
using Akool.Gateway.Tests.Life;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Testing;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Served = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Akool.Gateway.Tests.Hosting;

public sealed class HealthTests
{
    public static TheoryData<string> Services =>
        ["", "akool.avatar.v1.SessionService", "akool.avatar.v1.ChatService", "akool.avatar.v1.CatalogService", "akool.avatar.v1.AdminService"];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Each_service_is_serving_until_the_drain_begins_and_a_watcher_hears_of_it_at_once(string service)
    {
        await using var server = await ServerFixture.StartAsync();
        var health = new Health.HealthClient(server.Channel);

        using var watch = health.Watch(new HealthCheckRequest { Service = service });
        var before = await NextAsync(watch);
        await DrainAsync(server);
        var after = await NextAsync(watch);
        var checkedAfter = await health.CheckAsync(new HealthCheckRequest { Service = service }).ResponseAsync.WaitAsync(TestLimits.Hang);

        Assert.Equal((Served.Serving, Served.NotServing, Served.NotServing), (before, after, checkedAfter.Status));
    }

    [Fact]
    public async Task A_name_that_no_service_has_is_not_kept_however_long_it_is()
    {
        await using var server = await ServerFixture.StartAsync();
        using var watch = new Health.HealthClient(server.Channel).Watch(new HealthCheckRequest { Service = new string('x', 2048) });

        var refused = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    [Fact]
    public async Task A_watch_of_the_health_does_not_hold_up_the_stop()
    {
        await using var server = await ServerFixture.StartAsync();
        using var watch = new Health.HealthClient(server.Channel).Watch(new HealthCheckRequest());
        await NextAsync(watch);

        var stop = server.StopAsync();

        Assert.Equal(Served.NotServing, await NextAsync(watch));
        Assert.False(await watch.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang));
        await stop.WaitAsync(TestLimits.Hang);
    }

    [Fact]
    public async Task The_gateway_lives_and_is_ready()
    {
        await using var server = await ServerFixture.StartAsync();

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync(server.Operations, "/livez"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync(server.Operations, "/readyz"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server.Operations, "/")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server.Operations, "/akool.avatar.v1.CatalogService/ListVoices")).Status);
    }

    [Fact]
    public async Task Readiness_names_everything_that_is_wrong_while_the_gateway_lives_on()
    {
        await using var server = await ServerFixture.StartAsync(services => services
            .AddSingleton<IReadinessCheck>(new Check("ledger", "the last write failed"))
            .AddSingleton<IReadinessCheck>(new Check("breaker", null)));

        await DrainAsync(server);

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "drain: the gateway is going down\nledger: the last write failed\n"), await GetAsync(server.Operations, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server.Operations, "/livez")).Status);
    }

    [Fact]
    public async Task A_gateway_whose_ledger_cannot_be_written_is_not_ready()
    {
        await using var server = await ServerFixture.StartAsync(services => services.AddSingleton<ISessionLedger>(new UnwritableLedger()));

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "ledger: the ledger cannot be written; no session can be begun\n"), await GetAsync(server.Operations, "/readyz"));
    }

    [Fact]
    public async Task A_gateway_whose_breaker_is_open_is_not_ready()
    {
        await using var host = await GatewayHost.StartAsync(new Uri("http://127.0.0.1:9"));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SessionServiceTests.TryCreateAsync(host)));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "upstream: AKOOL does not answer; no session can be begun\n"), await GetAsync(host.Operations, "/readyz"));
    }

    [Fact]
    public async Task The_status_page_shows_every_table_and_runs_nothing()
    {
        await using var server = await ServerFixture.StartAsync(services => services.AddSingleton<IStatusSource>(new Table()));

        using var response = await server.Operations.GetAsync(new Uri("/statusz", UriKind.Relative)).WaitAsync(TestLimits.Hang);
        var page = await response.Content.ReadAsStringAsync().WaitAsync(TestLimits.Hang);

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<td>uptime</td>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><th>limit</th><th>used</th></tr>", page, StringComparison.Ordinal);
        Assert.Contains("<td>&lt;script&gt;</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Only_reading_is_answered()
    {
        await using var server = await ServerFixture.StartAsync();

        using var response = await server.Operations.PostAsync(new Uri("/livez", UriKind.Relative), null).WaitAsync(TestLimits.Hang);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    private static async Task<Served> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang));
        return watch.ResponseStream.Current.Status;
    }

    private static Task<DrainResult> DrainAsync(ServerFixture server) =>
        server.Gateway.Services.GetRequiredService<GatewayDrain>().RunAsync(TimeSpan.Zero, false, CancellationToken.None).WaitAsync(TestLimits.Hang);

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(HttpClient operations, string path)
    {
        using var response = await operations.GetAsync(new Uri(path, UriKind.Relative)).WaitAsync(TestLimits.Hang);
        return (response.StatusCode, await response.Content.ReadAsStringAsync().WaitAsync(TestLimits.Hang));
    }

    private sealed record Check(string Name, string? Wrong) : IReadinessCheck
    {
        public string? Fault() => Wrong;
    }

    private sealed class Table : IStatusSource
    {
        public StatusTable Read() => new("Limits", ["limit", "used"], [["live_sessions", "<script>"]]);
    }

    private sealed class UnwritableLedger : ISessionLedger
    {
        private static readonly SessionError Broken = new(SessionErrorCode.LedgerUnavailable, "the disk is full");

        public bool IsWritable => false;

        public Task<Result<IReadOnlyList<SessionRecord>>> OpenAsync(DateTimeOffset endedSince, CancellationToken cancellation) =>
            Task.FromResult(Result.Ok<IReadOnlyList<SessionRecord>>([]));

        public Task<Result<Done>> WriteAsync(SessionRecord record, CancellationToken cancellation) => Task.FromResult<Result<Done>>(Broken);

        public Task<Result<SessionRecord?>> FindByRequestIdAsync(OwnerId owner, string requestId, DateTimeOffset since, CancellationToken cancellation) =>
            Task.FromResult<Result<SessionRecord?>>(Broken);

        public void Post(SessionRecord record) { }

        public void Forget(SessionRecord record) { }
    }
}
