using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Akool.Gateway.Tests.Chat;

/// <summary>Tells a test when the gateway's own side of a Chat call is over, whatever its client has seen of it.</summary>
internal sealed class CallEnds : Interceptor
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done with the first Chat call that is over.</summary>
    public Task First => _first.Task;

    public void AddTo(IServiceCollection services) => services.AddSingleton(this).Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<CallEnds>());

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(requestStream, responseStream, context); }
        finally { _first.TrySetResult(); }
    }
}
