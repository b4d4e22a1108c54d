using Google.Rpc;
using Grpc.Core;

namespace Akool.Gateway.Tests.Auth;

/// <summary>How a call was refused.</summary>
internal static class Refusals
{
    public static Metadata Bearer(string key) => new() { { "authorization", $"Bearer {key}" } };

    /// <summary>Reads a stream until it ends; fails as it does.</summary>
    public static async Task ReadToEndAsync<T>(this IAsyncStreamReader<T> responses)
    {
        while (await responses.MoveNext(CancellationToken.None)) { }
    }

    /// <summary>The status and the reason of a call that must fail: <c>Unauthenticated CREDENTIALS_INVALID</c>.</summary>
    public static async Task<string> ReasonAsync(this Task call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(AuthHost.Hang));
        var info = error.GetRpcStatus()?.GetDetail<ErrorInfo>();
        Assert.Equal("akool.avatar", info?.Domain);
        Assert.Equal(error.GetRpcStatus()?.Message, error.Status.Detail);
        return $"{error.StatusCode} {info?.Reason}";
    }
}
