using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Akool.Avatar.V1;
using Akool.Testing;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;

namespace Akool.Gateway.Tests.Hosting;

public sealed class HostileInputTests
{
    private const string GetAvatar = "/akool.avatar.v1.CatalogService/GetAvatar";

    [Fact]
    public async Task One_connection_carries_a_thousand_streams_at_once()
    {
        await using var server = await ServerFixture.StartAsync();
        var health = new Health.HealthClient(server.Channel);
        var watches = Enumerable.Range(0, 1000).Select(_ => health.Watch(new HealthCheckRequest())).ToList();

        var first = await Task.WhenAll(watches.Select(watch => watch.ResponseStream.MoveNext())).WaitAsync(TestLimits.Hang);
        await health.CheckAsync(new HealthCheckRequest()).ResponseAsync.WaitAsync(TestLimits.Hang);

        Assert.All(first, Assert.True);
        watches.ForEach(watch => watch.Dispose());
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_by_the_protocol()
    {
        await using var server = await ServerFixture.StartAsync();
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        var failure = await Assert.ThrowsAsync<RpcException>(() => catalog
            .GetAvatarAsync(new GetAvatarRequest { AvatarId = new string('x', 4 * 1024 * 1024 + 1) }).ResponseAsync.WaitAsync(TestLimits.Hang));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task The_limit_on_messages_leaves_room_for_the_largest_turn_that_is_configured()
    {
        await using var server = await ServerFixture.StartAsync(null, ("Chat:MaxTurnBytes", "1000000"));
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        var failure = await Assert.ThrowsAsync<RpcException>(() => catalog
            .GetAvatarAsync(new GetAvatarRequest { AvatarId = new string('x', 1_000_000 + 64 * 1024) }).ResponseAsync.WaitAsync(TestLimits.Hang));

        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("no-such-encoding")]
    public async Task Compressed_messages_are_refused_unread(string encoding)
    {
        await using var server = await ServerFixture.StartAsync();

        var status = await PostAsync(server, [1, 0, 0, 0, 2, 0x1F, 0x8B], encoding);

        Assert.Equal(StatusCode.Unimplemented, status);
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 2, 0xFF, 0xFE })] // invalid UTF-8 in avatar_id
    [InlineData(new byte[] { 0x0A, 100, 0x41 })] // a string longer than its message
    [InlineData(new byte[] { 0x0B, 0x0B, 0x0B, 0x0B })] // groups that never end
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })] // a tag without end
    public async Task A_message_that_cannot_be_read_is_the_callers_fault(byte[] message)
    {
        await using var server = await ServerFixture.StartAsync();

        var status = await PostAsync(server, Frame(message.Length, message));

        Assert.Equal(StatusCode.InvalidArgument, status);
        Assert.Equal(0, server.Api.Calls);
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public async Task A_frame_with_a_false_length_is_refused(int length)
    {
        await using var server = await ServerFixture.StartAsync();

        var status = await PostAsync(server, Frame(length, [0x0A, 1, 0x41]));

        Assert.NotEqual(StatusCode.OK, status);
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData(1, 2, StatusCode.Unimplemented)] // compressed
    [InlineData(0, int.MaxValue, StatusCode.ResourceExhausted)]
    [InlineData(2, 2, StatusCode.InvalidArgument)] // neither compressed nor not
    public async Task The_first_message_of_a_chat_is_refused_for_what_is_wrong_with_it(byte compressed, int length, StatusCode expected)
    {
        await using var server = await ServerFixture.StartAsync();

        var status = await PostAsync(server, [compressed, .. Frame(length, [0x0A, 0]).AsSpan(1)], "gzip", "/akool.avatar.v1.ChatService/Chat");

        Assert.Equal(expected, status);
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task HTTP_1_on_the_gRPC_port_is_refused()
    {
        await using var server = await ServerFixture.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Gateway.GrpcAddress.Port).WaitAsync(TestLimits.Hang);

        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {GetAvatar} HTTP/1.1\r\nHost: x\r\n\r\n")).AsTask().WaitAsync(TestLimits.Hang);
        using var reader = new StreamReader(socket.GetStream(), Encoding.Latin1);
        var answer = await reader.ReadToEndAsync().WaitAsync(TestLimits.Hang);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/statusz")]
    [InlineData("/../../etc/passwd")]
    public async Task The_gRPC_port_serves_no_pages(string path)
    {
        await using var server = await ServerFixture.StartAsync();
        using var client = new HttpClient();
        using var request = NewRequest(HttpMethod.Get, new Uri(server.Gateway.GrpcAddress, path));

        using var response = await client.SendAsync(request).WaitAsync(TestLimits.Hang);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        await using var server = await ServerFixture.StartAsync();

        var status = await PostAsync(server, Frame(0, []), path: "/akool.avatar.v1.CatalogService/NoSuch");

        Assert.Equal(StatusCode.Unimplemented, status);
    }

    [Theory]
    [InlineData("Production", StatusCode.Unimplemented)]
    [InlineData("Development", StatusCode.OK)]
    public async Task Reflection_is_for_development_only(string environment, StatusCode expected)
    {
        await using var server = await GatewayHost.StartAsync(new Uri("http://127.0.0.1:9"), new GatewayHostSetup { Arguments = [$"--environment={environment}"] });
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();

        StatusCode status;
        try
        {
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }).WaitAsync(TestLimits.Hang);
            status = await call.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang) ? StatusCode.OK : StatusCode.Unknown;
        }
        catch (RpcException refused)
        {
            status = refused.StatusCode;
        }

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Headers_are_bounded()
    {
        await using var server = await ServerFixture.StartAsync();
        var catalog = new CatalogService.CatalogServiceClient(server.Channel);

        await Assert.ThrowsAsync<RpcException>(() => catalog
            .ListVoicesAsync(new ListVoicesRequest(), new Metadata { { "x", new string('x', 20_000) } }).ResponseAsync.WaitAsync(TestLimits.Hang));

        Assert.Equal(0, server.Api.Calls);
        await AssertServesAsync(server);
    }

    private static byte[] Frame(int length, ReadOnlySpan<byte> message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length);
        message.CopyTo(frame.AsSpan(5));
        return frame;
    }

    private static async Task<StatusCode> PostAsync(ServerFixture server, byte[] body, string? encoding = null, string path = GetAvatar)
    {
        using var client = new HttpClient();
        using var request = NewRequest(HttpMethod.Post, new Uri(server.Gateway.GrpcAddress, path));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.Add("te", "trailers");
        if (encoding is not null) request.Headers.Add("grpc-encoding", encoding);

        using var response = await client.SendAsync(request).WaitAsync(TestLimits.Hang);
        await response.Content.ReadAsByteArrayAsync().WaitAsync(TestLimits.Hang);
        var status = response.Headers.TryGetValues("grpc-status", out var values) || response.TrailingHeaders.TryGetValues("grpc-status", out values)
            ? values.Single()
            : throw new InvalidOperationException($"no gRPC status: {response}");
        return (StatusCode)int.Parse(status, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static HttpRequestMessage NewRequest(HttpMethod method, Uri uri) =>
        new(method, uri) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    // By a new connection: the old one may have been ended for what came over it.
    private static async Task AssertServesAsync(ServerFixture server)
    {
        using var channel = GrpcChannel.ForAddress(server.Gateway.GrpcAddress);
        var voices = await new CatalogService.CatalogServiceClient(channel).ListVoicesAsync(new ListVoicesRequest()).ResponseAsync.WaitAsync(TestLimits.Hang);
        Assert.Single(voices.Voices);
    }
}
