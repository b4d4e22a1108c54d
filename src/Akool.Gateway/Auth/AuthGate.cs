using Akool.Gateway.Mapping;
using Akool.Sessions;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace Akool.Gateway.Auth;

/// <summary>
/// Stands before every handler, and before any message is read: a call goes on with its <see cref="Caller"/>, or ends here by its reason.
/// The method is taken from the endpoint that was matched, as a path can be written in more than one way.
/// </summary>
internal sealed class AuthGate(RequestDelegate next, CallerAuthentication authentication, OpenCalls open)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var method = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method;
        if (method is not null && MethodScopes.IsOpen(method.ServiceName))
        {
            await open.GoOnAsync(context, method.Type, next);
            return;
        }

        var caller = await authentication.AuthenticateAsync(context);
        if (!caller.IsOk) Refusal.Write(context, caller.Error.ToRpcException());
        else if (method is null) await next(context); // nothing is there: gRPC says so
        else if (MissingScope(method.FullName, caller.Value) is { } missing) Refusal.Write(context, missing.ToRpcException());
        else await CallAsync(context, method.Type, caller.Value);
    }

    private async Task CallAsync(HttpContext context, MethodType type, Caller caller)
    {
        context.Features.Set(caller);
        if (type == MethodType.Unary || !caller.Revoked.CanBeCanceled)
        {
            await next(context);
            return;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, caller.Revoked);
        context.RequestAborted = linked.Token;
        await next(context);
    }

    private static SessionError? MissingScope(string method, Caller caller)
    {
        if (MethodScopes.Of(method) is not { } needed) return new(SessionErrorCode.ScopeMissing, "nobody may make this call");
        return caller.Scopes.HasFlag(needed) ? null : new(SessionErrorCode.ScopeMissing, $"this call needs the scope '{ScopeWords.Of(needed)}'");
    }
}
