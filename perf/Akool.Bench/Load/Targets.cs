using Akool.Avatar.V1;
using Grpc.Core;

namespace Akool.Bench.Load;

/// <summary>B1.</summary>
internal sealed class GrpcEchoTarget(Uri address, int streamsPerConnection) : ITarget
{
    private readonly ChannelPool _channels = new(address, streamsPerConnection);

    public async Task<ILane> OpenAsync(CancellationToken cancellation) =>
        await GrpcLane.AttachAsync(new ChatService.ChatServiceClient(_channels.Next()).Chat(cancellationToken: cancellation), new Attach { Session = "sessions/echo" }, null);

    public ValueTask DisposeAsync()
    {
        _channels.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>B2.</summary>
internal sealed class SocketTarget(Uri address) : ITarget
{
    public async Task<ILane> OpenAsync(CancellationToken cancellation) => await SocketLane.ConnectAsync(address, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The gateway: a session of its own for each conversation, closed with it.</summary>
internal sealed class GatewayTarget(Uri address, int streamsPerConnection, Tracing tracing) : ITarget
{
    private readonly ChannelPool _channels = new(address, streamsPerConnection);

    public Task<ILane> OpenAsync(CancellationToken cancellation) => OpenAsync(new Attach(), cancellation);

    /// <summary>As above, with an attach whose session is filled in.</summary>
    public async Task<ILane> OpenAsync(Attach attach, CancellationToken cancellation)
    {
        var channel = _channels.Next();
        var sessions = new SessionService.SessionServiceClient(channel);
        var created = await sessions.CreateSessionAsync(new CreateSessionRequest
        {
            Config = new SessionConfig { AvatarId = "bench" },
            RequestId = Guid.NewGuid().ToString("N"),
        }, cancellationToken: cancellation).ResponseAsync.WaitAsync(Lanes.CallLimit, cancellation);
        var name = attach.Session = created.Session.Name;
        var call = new ChatService.ChatServiceClient(channel).Chat(Parent(), cancellationToken: cancellation);
        return await GrpcLane.AttachAsync(call, attach, async () => await sessions.CloseSessionAsync(new CloseSessionRequest { Name = name }));
    }

    public ValueTask DisposeAsync()
    {
        _channels.Dispose();
        return ValueTask.CompletedTask;
    }

    private Metadata? Parent() => tracing == Tracing.Off
        ? null
        : new Metadata { { "traceparent", $"00-{Guid.NewGuid():N}-{Random.Shared.NextInt64(1, long.MaxValue):x16}-{(tracing == Tracing.Sampled ? "01" : "00")}" } };
}
