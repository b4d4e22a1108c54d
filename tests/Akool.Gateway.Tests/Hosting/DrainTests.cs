using Akool.Gateway.Hosting;
using Akool.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Gateway.Tests.Hosting;

public sealed class DrainTests
{
    [Fact]
    public async Task A_drain_asks_every_part_and_adds_up_what_they_ended()
    {
        var (one, two) = (new Part(new DrainResult(2, 3)), new Part(new DrainResult(5, 7)));
        using var drain = NewDrain(one, two);

        var ended = await drain.RunAsync(TimeSpan.FromSeconds(4), closeSessions: false, CancellationToken.None).WaitAsync(TestLimits.Hang);

        Assert.Equal(new DrainResult(7, 10), ended);
        Assert.Equal((TimeSpan.FromSeconds(4), false), one.Asked);
        Assert.True(drain.IsDraining && drain.Begun.IsCancellationRequested);
        Assert.False(drain.Over.IsCancellationRequested);
    }

    [Fact]
    public async Task The_stop_drains_with_its_grace_and_closes_the_sessions()
    {
        var part = new Part(default);
        using var drain = NewDrain(part);

        await drain.StoppingAsync(CancellationToken.None).WaitAsync(TestLimits.Hang);

        Assert.Equal((GatewayDrain.ShutdownGrace, true), part.Asked);
        Assert.True(drain.IsDraining);
    }

    [Fact]
    public async Task Watchers_end_after_the_drain_and_other_calls_a_little_later()
    {
        var time = new FakeTimeProvider();
        using var drain = new GatewayDrain([], time, NullLogger<GatewayDrain>.Instance);

        await drain.StoppingAsync(CancellationToken.None).WaitAsync(TestLimits.Hang);
        time.Advance(GatewayDrain.WatchersGrace);
        var first = (drain.Over.IsCancellationRequested, drain.LastCalls.IsCancellationRequested);
        time.Advance(GatewayDrain.LastCallsGrace);

        Assert.Equal((true, false), first);
        Assert.True(drain.LastCalls.IsCancellationRequested);
    }

    [Fact]
    public async Task A_part_that_never_ends_is_cut_short()
    {
        var time = new FakeTimeProvider();
        using var drain = new GatewayDrain([new Part(default) { Gate = new Gate() }], time, NullLogger<GatewayDrain>.Instance);
        using var limit = new CancellationTokenSource();

        var stop = drain.StoppingAsync(limit.Token);
        await limit.CancelAsync();
        await stop.WaitAsync(TestLimits.Hang);
        time.Advance(GatewayDrain.WatchersGrace);

        Assert.True(drain.Over.IsCancellationRequested);
    }

    [Fact]
    public async Task A_part_that_breaks_does_not_keep_the_process_alive()
    {
        var part = new Part(default) { Bug = new InvalidOperationException("broken") };
        await using var server = await ServerFixture.StartAsync(services => services.AddSingleton<IDrainable>(part));
        server.Log.Expect(3013);

        await server.StopAsync().WaitAsync(TestLimits.Hang);

        Assert.Contains(server.Log.Lines, line => line.EventId == 3013);
    }

    [Fact]
    public async Task The_server_still_listens_while_it_drains()
    {
        var part = new Part(default) { Gate = new Gate() };
        await using var server = await ServerFixture.StartAsync(services => services.AddSingleton<IDrainable>(part));

        var stop = server.StopAsync();
        await part.Gate.Reached;
        using var response = await server.Operations.GetAsync(new Uri("/readyz", UriKind.Relative)).WaitAsync(TestLimits.Hang);
        part.Gate.Open();
        await stop.WaitAsync(TestLimits.Hang);

        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    private static GatewayDrain NewDrain(params IDrainable[] parts) => new(parts, TimeProvider.System, NullLogger<GatewayDrain>.Instance);

    private sealed class Part(DrainResult result) : IDrainable
    {
        public (TimeSpan Grace, bool CloseSessions) Asked { get; private set; }

        public Gate? Gate { get; init; }

        public Exception? Bug { get; init; }

        public async Task<DrainResult> DrainAsync(TimeSpan grace, bool closeSessions, CancellationToken cancellation)
        {
            Asked = (grace, closeSessions);
            if (Gate is not null) await Gate.PassAsync(cancellation);
            return Bug is null ? result : throw Bug;
        }
    }
}
