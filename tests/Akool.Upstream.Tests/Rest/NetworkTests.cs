using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Akool.Upstream.Tests.Rest;

public sealed class NetworkTests
{
    [Fact]
    public async Task A_call_goes_out_with_its_token_and_nothing_of_our_callers()
    {
        using var activity = new Activity("test").AddBaggage("planted", "secret").Start();
        await using var akool = await AkoolServer.StartAsync(async context =>
        {
            context.Response.Headers.SetCookie = "planted=1";
            await context.Response.WriteAsync(Fixtures.Text("A-v3-websocket/create-response.json"));
        });
        await using var upstream = new TestUpstream(akool.Url);

        Assert.True((await upstream.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang)).IsOk);
        Assert.True((await upstream.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang)).IsOk);

        Assert.All(akool.Seen, headers =>
        {
            Assert.Equal("Bearer token-1", headers["authorization"]);
            Assert.Equal("application/json", headers["content-type"]);
            foreach (var name in new[] { "baggage", "correlation-context", "traceparent", "tracestate", "cookie", "accept-encoding" }) Assert.False(headers.ContainsKey(name), name);
        });
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await AkoolServer.StartAsync(context => context.Response.WriteAsync("""{"code":1000,"data":{"_id":"x"}}"""));
        await using var akool = await AkoolServer.StartAsync(context =>
        {
            context.Response.Redirect(elsewhere.Url + "/planted");
            return Task.CompletedTask;
        });
        await using var upstream = new TestUpstream(akool.Url);

        var error = (await upstream.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang)).Error!;

        Assert.Equal(SessionErrorCode.UpstreamProtocol, error.Code);
        Assert.DoesNotContain("planted", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(elsewhere.Seen);
    }

    [Fact]
    public async Task An_answer_of_fifty_megabytes_is_refused_in_bounded_memory()
    {
        using var akool = new TcpListener(IPAddress.Loopback, 0);
        akool.Start();
        var sending = SendFiftyMegabytesAsync(akool);
        await using var upstream = new TestUpstream($"http://{akool.LocalEndpoint}");

        var error = (await upstream.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang)).Error!;

        Assert.Equal(SessionErrorCode.UpstreamProtocol, error.Code);
        Assert.InRange(await sending.WaitAsync(StubAkool.Hang), 4 * 1024 * 1024, 30 * 1024 * 1024);
    }

    // A bare socket: a web server's writes go on into nothing for a while after its client is gone, and would be counted. Gives the bytes sent.
    private static async Task<long> SendFiftyMegabytesAsync(TcpListener akool)
    {
        using var peer = await akool.AcceptTcpClientAsync();
        var stream = peer.GetStream();
        var block = new byte[64 * 1024];
        _ = await stream.ReadAsync(block);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"code\":1000,\"data\":\" "u8.ToArray());
        var sent = 0L;
        try
        {
            for (; sent < 50 * 1024 * 1024; sent += block.Length) await stream.WriteAsync(block);
        }
        catch (IOException) { } // refused
        return sent;
    }

    [Fact]
    public async Task An_answer_of_a_megabyte_is_read()
    {
        await using var akool = await AkoolServer.StartAsync(context => context.Response.WriteAsync($$$"""{"code":1000,"data":{"_id":"6698","x":"{{{new string('x', 1024 * 1024)}}}"}}"""));
        await using var upstream = new TestUpstream(akool.Url);

        Assert.True((await upstream.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang)).IsOk);
    }

    [Fact]
    public async Task A_create_whose_connection_is_cut_arrives_once_even_on_a_connection_used_before()
    {
        var creates = 0;
        await using var akool = await AkoolServer.StartAsync(async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/create", StringComparison.Ordinal))
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                Interlocked.Increment(ref creates);
                context.Abort();
                return;
            }

            await context.Response.WriteAsync("""{"code":1000,"data":{"_id":"6698"}}""");
        });
        await using var upstream = new TestUpstream(akool.Url);

        Assert.True((await upstream.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang)).IsOk);
        var created = await upstream.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang);

        Assert.Equal(1, creates);
        Assert.Single(akool.Connections.Distinct());
        Assert.True(CreateFailure.MayHaveBegun(created.Error!));
    }

    [Fact]
    public async Task A_create_whose_connection_ends_without_an_answer_is_not_repeated_beneath_us()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeOneThenHangUpAsync(listener);
        await using var upstream = new TestUpstream($"http://{listener.LocalEndpoint}");

        Assert.True((await upstream.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang)).IsOk);
        var created = await upstream.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang);
        listener.Stop();

        Assert.Equal(1, await serving.WaitAsync(StubAkool.Hang));
        Assert.True(CreateFailure.MayHaveBegun(created.Error!));
    }

    // Answers a connection's first request, reads its second and closes in an orderly way. Gives the creates that came, over all connections.
    private static async Task<int> ServeOneThenHangUpAsync(TcpListener listener)
    {
        var creates = 0;
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[64 * 1024];
                for (var n = 0; n < 2; n++)
                {
                    var text = "";
                    while (!text.Contains("\r\n\r\n", StringComparison.Ordinal) || text.StartsWith("POST", StringComparison.Ordinal) && !text.EndsWith('}'))
                        text += System.Text.Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
                    if (text.Contains("/create", StringComparison.Ordinal)) creates++;
                    if (text.StartsWith("POST", StringComparison.Ordinal)) break;
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n{\"code\":1000,\"data\":{\"_id\":\"6698\"}}"u8.ToArray());
                }
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            return creates;
        }
    }

    [Fact]
    public async Task An_answer_that_is_cut_in_its_body_is_tried_again_where_it_may()
    {
        var asked = 0;
        await using var akool = await AkoolServer.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("""{"code":1000""");
            await context.Response.Body.FlushAsync();
            Interlocked.Increment(ref asked);
            context.Abort();
        });
        await using var upstream = new TestUpstream(akool.Url);

        var detail = await upstream.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);
        Assert.Equal((SessionErrorCode.UpstreamUnavailable, 3), (detail.Error!.Code, asked));

        var created = await upstream.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang);
        Assert.Equal((SessionErrorCode.UpstreamUnavailable, 4), (created.Error!.Code, asked));
        Assert.True(CreateFailure.MayHaveBegun(created.Error));
    }

    [Fact]
    public async Task Where_nobody_listens_nothing_was_sent()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var url = $"http://{unused.LocalEndpoint}";
        unused.Stop();
        await using var upstream = new TestUpstream(url);

        var error = (await upstream.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang)).Error!;

        Assert.Equal((SessionErrorCode.UpstreamUnavailable, true), (error.Code, error.NothingSent));
        Assert.False(CreateFailure.MayHaveBegun(error));
    }

    [Fact]
    public async Task What_is_no_http_is_unavailable()
    {
        await using var room = new RawRoom("SSH-2.0-planted\r\n\r\n");
        await using var upstream = new TestUpstream($"http://{room.Authority}");

        var error = (await upstream.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang)).Error!;

        Assert.Equal((SessionErrorCode.UpstreamUnavailable, false), (error.Code, error.NothingSent));
        Assert.DoesNotContain("planted", error.ToString(), StringComparison.Ordinal);
    }
}
