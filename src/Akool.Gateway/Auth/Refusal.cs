using System.Globalization;
using Grpc.Core;

namespace Akool.Gateway.Auth;

/// <summary>Ends a call before gRPC has seen it: a response of headers only ("Trailers-Only" in the gRPC protocol).</summary>
internal static class Refusal
{
    public static void Write(HttpContext context, RpcException error)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (var trailer in error.Trailers)
            response.Headers[trailer.Key] = trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes) : trailer.Value;
    }
}
