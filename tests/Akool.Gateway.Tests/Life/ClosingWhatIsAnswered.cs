using Akool.Avatar.V1;
using Akool.Sessions;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Akool.Gateway.Tests.Life;

/// <summary>
/// Closes a session as soon as its create is answered, as its caller would: one who leaves at that moment never hears of it. What stays open then is what
/// was made for callers who had left.
/// </summary>
internal sealed class ClosingWhatIsAnswered(SessionLifecycle sessions) : Interceptor
{
    public static void AddTo(IServiceCollection services) => services.Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<ClosingWhatIsAnswered>());

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var response = await continuation(request, context);
        if (response is CreateSessionResponse { Session.Name: var name })
            await sessions.CloseAsync(new OwnerId("local"), new SessionId(name["sessions/".Length..]), wait: false, CancellationToken.None);
        return response;
    }
}
