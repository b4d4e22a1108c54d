using Google.Rpc;
using Grpc.Core;

namespace Akool.LoadTest.Chat;

/// <summary>The machine-readable cause in a failed call.</summary>
internal static class Refusal
{
    /// <summary>The reason of its ErrorInfo, for example <c>SESSION_LIMIT_REACHED</c>; null where there is none.</summary>
    public static string? ReasonOf(RpcException error) => error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason;
}
