using System.IO.Pipelines;

namespace Akool.Gateway.Hosting;

/// <summary>
/// Cancels calls that are still open when the drain is over: a balancer's watch of the health at once, others (a request that never becomes
/// whole, for example) a little later. Kestrel would wait for them until the limit on the stop, and then reset them.
/// </summary>
internal sealed class CallsEndWithDrain(RequestDelegate next, GatewayDrain drain)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var end = context.Request.Path.StartsWithSegments("/grpc.health.v1.Health") ? drain.Over : drain.LastCalls;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, end);
        context.RequestAborted = linked.Token;
        // A read of the request does not look at the token.
        using var wake = end.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), context.Request.BodyReader);
        await next(context);
    }
}
