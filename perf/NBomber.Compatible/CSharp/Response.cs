using NBomber.Contracts;

namespace NBomber.CSharp;

/// <summary>Makes responses of steps and scenarios.</summary>
public static class Response
{
    private static readonly Response<object> EmptyOk = new();
    private static readonly Response<object> EmptyFail = new() { IsError = true };

    /// <summary>A success without more to say.</summary>
    public static Response<object> Ok() => EmptyOk;

    /// <summary>A failure without more to say.</summary>
    public static Response<object> Fail() => EmptyFail;

    /// <summary>A success with a code and a size.</summary>
    public static Response<object> Ok(string statusCode = "", long sizeBytes = 0, string message = "", double customLatencyMs = 0) =>
        new() { StatusCode = statusCode, SizeBytes = sizeBytes, Message = message ?? "", CustomLatencyMs = customLatencyMs };

    /// <summary>A success that hands something on.</summary>
    public static Response<T> Ok<T>(T payload, string statusCode = "", long sizeBytes = 0, string message = "", double customLatencyMs = 0) =>
        new() { Payload = payload, StatusCode = statusCode, SizeBytes = sizeBytes, Message = message ?? "", CustomLatencyMs = customLatencyMs };

    /// <summary>A failure with a code and a sentence.</summary>
    public static Response<object> Fail(string statusCode = "", string message = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        Fail<object>(statusCode, message, sizeBytes, customLatencyMs);

    /// <summary>A failure of a step that would have handed something on.</summary>
    public static Response<T> Fail<T>(string statusCode = "", string message = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        new() { IsError = true, StatusCode = statusCode, Message = message ?? "", SizeBytes = sizeBytes, CustomLatencyMs = customLatencyMs };
}
