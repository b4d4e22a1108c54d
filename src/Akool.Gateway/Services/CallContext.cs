using Akool.Gateway.Auth;
using Akool.Gateway.Mapping;
using Akool.Sessions;
using Grpc.Core;

namespace Akool.Gateway.Services;

/// <summary>What every call knows of itself.</summary>
internal static class CallContext
{
    /// <summary>The owner that the call acts for.</summary>
    public static OwnerId Owner(this ServerCallContext context) => context.GetCaller().Owner;

    /// <summary>The value, or the end of the call. What ended because the caller's deadline has passed is said to be so.</summary>
    public static T OrThrow<T>(this Result<T> result, ServerCallContext context)
    {
        if (result.Error is { Code: SessionErrorCode.Canceled } left && context.Deadline <= TimeProvider.System.GetUtcNow())
            throw (left with { Code = SessionErrorCode.DeadlineExceeded }).ToRpcException();
        return result.OrThrow();
    }
}
