using Akool.Gateway.Mapping;
using Akool.Sessions;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Akool.Gateway.Auth;

/// <summary>
/// A stream whose credentials were taken away ends as UNAUTHENTICATED, however its handler ended: the call's token was cancelled by
/// <see cref="AuthGate"/>. Inside of the interceptor for unexpected exceptions.
/// </summary>
internal sealed class RevokedStreams : Interceptor
{
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        EndAsync(continuation(request, responseStream, context), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) => EndAsync(continuation(requestStream, responseStream, context), context);

    private static async Task EndAsync(Task stream, ServerCallContext context)
    {
        // Health and reflection have no caller.
        var revoked = context.GetHttpContext().Features.Get<Caller>()?.Revoked ?? CancellationToken.None;
        try
        {
            await stream;
        }
        catch (Exception) when (revoked.IsCancellationRequested)
        {
            // Whatever it was, it came of the cancelling; the reason below is what the caller must know.
        }

        if (revoked.IsCancellationRequested)
            throw new SessionError(SessionErrorCode.CredentialsInvalid, "the credentials of this stream were revoked").ToRpcException();
    }
}
