namespace Akool.Gateway.Hosting;

/// <summary>
/// Cancels calls that are still open when the drain is over, such as a load balancer's watch of the health: Kestrel would wait for them until
/// the limit on the stop, and then reset them.
/// </summary>
internal sealed class CallsEndWithDrain(RequestDelegate next, GatewayDrain drain)
{
    public async Task InvokeAsync(HttpContext context)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Over);
        context.RequestAborted = linked.Token;
        await next(context);
    }
}
