using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Akool.Gateway.Hosting;

/// <summary>
/// What no handler expected: logged once, and answered with INTERNAL and nothing of its cause. A client that is gone and a message that cannot
/// be read are not the gateway's faults, and are not logged as such. All interceptors but <see cref="Tracing.RpcSpans"/> are within it.
/// </summary>
internal sealed class UnexpectedExceptions(ILogger<UnexpectedExceptions> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception cause) when (cause is not RpcException)
        {
            throw Translate(cause, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception cause) when (cause is not RpcException)
        {
            throw Translate(cause, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception cause) when (cause is not RpcException)
        {
            throw Translate(cause, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception cause) when (cause is not RpcException)
        {
            throw Translate(cause, context);
        }
    }

    private RpcException Translate(Exception cause, ServerCallContext context)
    {
        switch (cause)
        {
            case InvalidProtocolBufferException:
            case InvalidDataException: // gRPC's, of a frame whose compression flag is none
                Log.MessageUnreadable(logger, context.Method, cause);
                return new RpcException(UnreadableMessages.Answer);
            // Kestrel tells of a reset stream or connection by an IOException, sometimes before the call's token knows.
            case IOException:
            case not null when context.CancellationToken.IsCancellationRequested:
                Log.ClientLost(logger, context.Method, cause);
                return new RpcException(new Status(StatusCode.Cancelled, "the call was cancelled"));
            default:
                Log.CallBroke(logger, context.Method, cause!);
                return new RpcException(new Status(StatusCode.Internal, "internal error"));
        }
    }
}
