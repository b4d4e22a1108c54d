using System.Threading.Channels;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Akool.Gateway.Tests.Chat;

/// <summary>Tells a test when the gateway's own side of a Chat call is over, whatever its client has seen of it.</summary>
internal sealed class CallEnds : Interceptor
{
    private readonly Channel<StatusCode> _over = Channel.CreateUnbounded<StatusCode>(); // as many as a test has calls

    /// <summary>Done once so many Chat calls are over, with their statuses; each is counted once.</summary>
    public async Task<IReadOnlyList<StatusCode>> CountAsync(int count)
    {
        List<StatusCode> over = [];
        while (over.Count < count) over.Add(await _over.Reader.ReadAsync());
        return over;
    }

    public void AddTo(IServiceCollection services) => services.AddSingleton(this).Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<CallEnds>());

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var status = StatusCode.Unknown;
        try
        {
            await continuation(requestStream, responseStream, context);
            status = context.Status.StatusCode;
        }
        catch (RpcException failure)
        {
            status = failure.StatusCode;
            throw;
        }
        finally { _over.Writer.TryWrite(status); }
    }
}
