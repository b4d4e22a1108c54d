using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Akool.Gateway.Hosting;

/// <summary>
/// The request of a unary call is parsed before any interceptor, and what cannot be parsed (invalid UTF-8, for example) ends as UNKNOWN, as if
/// the gateway were at fault. Nothing else ends so: every other failure passes <see cref="UnexpectedExceptions"/>. So UNKNOWN becomes the
/// answer that a stream gives for the same message.
/// </summary>
internal sealed class UnreadableMessages(RequestDelegate next)
{
    private const string StatusName = "grpc-status";
    private const string MessageName = "grpc-message";

    private static readonly string Unknown = ((int)StatusCode.Unknown).ToString(CultureInfo.InvariantCulture);
    private static readonly string InvalidArgument = ((int)StatusCode.InvalidArgument).ToString(CultureInfo.InvariantCulture);

    /// <summary>What a message that is not of the protocol is answered with.</summary>
    public static Status Answer { get; } = new(StatusCode.InvalidArgument, "the message cannot be read: it is not valid protocol buffers or UTF-8");

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.RequestAborted.IsCancellationRequested) return; // given up while it was read
        if (context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { } trailers) Correct(trailers);
        if (!context.Response.HasStarted) Correct(context.Response.Headers);
    }

    private static void Correct(IHeaderDictionary fields)
    {
        if (fields[StatusName] != Unknown) return;
        fields[StatusName] = InvalidArgument;
        fields[MessageName] = Answer.Detail;
    }
}
