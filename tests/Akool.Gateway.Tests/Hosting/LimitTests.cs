using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Tests.Hosting;

public sealed class LimitTests
{
    [Fact]
    public async Task What_clients_can_make_the_server_hold_is_bounded()
    {
        await using var server = await ServerFixture.StartAsync();

        var limits = server.Gateway.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.InRange(limits.MaxConcurrentConnections ?? long.MaxValue, 10_001, 100_000);
        Assert.InRange(limits.MaxRequestHeadersTotalSize, 8 * 1024, 32 * 1024);
        Assert.InRange(limits.Http2.InitialStreamWindowSize, 64 * 1024, 128 * 1024);
        Assert.InRange(limits.Http2.InitialConnectionWindowSize, 128 * 1024, 1024 * 1024);
        Assert.InRange(limits.Http2.MaxStreamsPerConnection, 1_000, 100_000);
    }

    [Fact]
    public async Task A_lost_client_is_noticed_in_time()
    {
        await using var server = await ServerFixture.StartAsync();

        var http2 = server.Gateway.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.Http2;

        Assert.InRange(http2.KeepAlivePingDelay + http2.KeepAlivePingTimeout, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(40));
    }
}
