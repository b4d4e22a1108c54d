using Akool.Gateway.Mapping;
using Akool.Sessions;
using Grpc.Core;

namespace Akool.Gateway.Auth;

/// <summary>
/// Bounds what callers without credentials can hold: a health watch keeps its stream and its connection for as long as it likes, and a call whose message
/// never becomes whole waits for it.
/// </summary>
internal sealed class OpenCalls(TimeProvider time)
{
    /// <summary>Streams at once, of all callers together: a few for each client that watches the gateway's health, some 20 KB each.</summary>
    public const int MaxStreams = 1024;

    // A health check is answered from memory: this is for its message to come.
    private static readonly TimeSpan UnaryLimit = TimeSpan.FromSeconds(5);

    private static readonly SessionError Full = new(SessionErrorCode.RateLimited, $"more than {MaxStreams} streams without credentials are open")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    private int _streams;

    /// <summary>Lets a call to an open service go on within its bound, or refuses it.</summary>
    public async Task GoOnAsync(HttpContext context, MethodType type, RequestDelegate next)
    {
        if (type == MethodType.Unary)
        {
            await using var limit = time.CreateTimer(static context => ((HttpContext)context!).Abort(), context, UnaryLimit, Timeout.InfiniteTimeSpan);
            await next(context);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _streams) > MaxStreams) Refusal.Write(context, Full.ToRpcException());
            else await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }
}
