using System.Buffers;
using System.Globalization;
using Grpc.Core;

namespace Akool.Gateway.Auth;

/// <summary>Ends a call before gRPC has seen it: a response of headers only ("Trailers-Only" in the gRPC protocol).</summary>
internal static class Refusal
{
    // gRPC over HTTP/2, "Status-Message": these stand as they are. Some clients do not undo more escapes than the protocol asks for.
    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Where(code => code != '%')]);

    public static void Write(HttpContext context, RpcException error)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Message(error.Status.Detail);
        foreach (var trailer in error.Trailers)
            response.Headers[trailer.Key] = trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes) : trailer.Value;
    }

    private static string Message(string text) => text.AsSpan().ContainsAnyExcept(Plain) ? Uri.EscapeDataString(text) : text;
}
