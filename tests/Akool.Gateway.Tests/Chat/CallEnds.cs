using System.Threading.Channels;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Akool.Gateway.Tests.Chat;

/// <summary>Tells a test when the gateway's own side of a Chat call is over, whatever its client has seen of it.</summary>
internal sealed class CallEnds : Interceptor
{
    private readonly Channel<bool> _over = Channel.CreateUnbounded<bool>(); // as many as a test has calls

    /// <summary>Done once so many Chat calls are over; each is counted once.</summary>
    public async Task CountAsync(int count)
    {
        for (var i = 0; i < count; i++) await _over.Reader.ReadAsync();
    }

    public void AddTo(IServiceCollection services) => services.AddSingleton(this).Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<CallEnds>());

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(requestStream, responseStream, context); }
        finally { _over.Writer.TryWrite(true); }
    }
}
