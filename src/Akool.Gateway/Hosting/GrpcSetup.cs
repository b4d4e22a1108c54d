using Akool.Gateway.Tracing;
using Akool.Sessions;
using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Hosting;

/// <summary>Limits of gRPC messages.</summary>
internal sealed class GrpcSetup(IOptions<ChatLimits> chat, IHostEnvironment environment) : IConfigureOptions<GrpcServiceOptions>
{
    // The largest request beside a turn: a create with its persona and labels, far below this.
    private const int SmallestLimit = 256 * 1024;

    // What a part of a turn may have besides its text; a text over the limit must still arrive to be refused by its own reason.
    private const int RoomBesideText = 128 * 1024;

    public void Configure(GrpcServiceOptions grpc)
    {
        grpc.MaxReceiveMessageSize = Math.Max(SmallestLimit, chat.Value.MaxTurnBytes + RoomBesideText);
        grpc.EnableDetailedErrors = environment.IsDevelopment();
        // The library inflates a message before it looks at its size, so a few KiB could become GiB. Turns are too short to gain by it.
        grpc.CompressionProviders.Clear();
        grpc.IgnoreUnknownServices = false;
        grpc.Interceptors.Add<RpcSpans>(); // before the next, so that it sees the status that the caller gets
        grpc.Interceptors.Add<UnexpectedExceptions>();
    }
}
