using Akool.Gateway.Auth;
using Grpc.Core;
using Grpc.Health.V1;

namespace Akool.Gateway.Tests.Auth;

/// <summary>What callers without credentials may hold.</summary>
public sealed class OpenCallsTests
{
    [Fact]
    public async Task Watches_of_the_health_are_bounded_and_cost_no_caller_with_a_key_his_call()
    {
        await using var host = await AuthHost.StartAsync(AuthHost.Key(0, "key", "owner", "sessions"));
        var health = new Health.HealthClient(host.Connect(new SocketsHttpHandler { EnableMultipleHttp2Connections = true }));
        var watches = Enumerable.Range(0, OpenCalls.MaxStreams).Select(_ => health.Watch(new())).ToList();
        await Task.WhenAll(watches.Select(watch => watch.ResponseStream.MoveNext())).WaitAsync(AuthHost.Hang, TestContext.Current.CancellationToken);

        using var tooMany = health.Watch(new());

        Assert.Equal("ResourceExhausted RATE_LIMITED", await tooMany.ResponseStream.MoveNext().ReasonAsync());
        await host.WhoAmIAsync(Refusals.Bearer("key"));
        var check = await Assert.ThrowsAsync<RpcException>(() => health.CheckAsync(new()).ResponseAsync.WaitAsync(AuthHost.Hang));
        Assert.Equal(StatusCode.NotFound, check.StatusCode); // answered: no service has told its state here
        watches[0].Dispose();
        await AdmittedAsync(health);
        watches.ForEach(watch => watch.Dispose());
    }

    [Fact]
    public async Task A_check_whose_message_does_not_come_is_cut()
    {
        await using var host = await AuthHost.StartAsync(AuthHost.Key(0, "key", "owner", "sessions"));
        using var client = new HttpClient { DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var body = new SilentBody();
        var asking = client.PostAsync(new Uri($"{host.Address}/grpc.health.v1.Health/Check"), body, TestContext.Current.CancellationToken);
        await body.Begun.WaitAsync(AuthHost.Hang, TestContext.Current.CancellationToken);

        // The request is on its way: the server's limit counts from when it came.
        for (var tries = 0; !asking.IsCompleted && tries < 1_000_000; tries++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => asking.WaitAsync(AuthHost.Hang));
    }

    // The place of a stream that has ended is free once the server knows of its end.
    private static async Task AdmittedAsync(Health.HealthClient health)
    {
        while (true)
        {
            using var watch = health.Watch(new(), cancellationToken: TestContext.Current.CancellationToken);
            try
            {
                await watch.ResponseStream.MoveNext().WaitAsync(AuthHost.Hang, TestContext.Current.CancellationToken);
                return;
            }
            catch (RpcException full) when (full.StatusCode == StatusCode.ResourceExhausted)
            {
                await Task.Yield();
            }
        }
    }

    private sealed class SilentBody : HttpContent
    {
        private readonly TaskCompletionSource _begun = new();

        public SilentBody() => Headers.ContentType = new("application/grpc");

        public Task Begun => _begun.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(new byte[] { 0, 0 });
            await stream.FlushAsync();
            _begun.SetResult();
            await new TaskCompletionSource().Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
