namespace Akool.Gateway.Hosting;

/// <summary>The HTTP/1.1 side for those who run the gateway: <c>/livez</c>, <c>/readyz</c>, <c>/statusz</c>.</summary>
internal sealed class Operations(IEnumerable<IReadinessCheck> checks, IEnumerable<IStatusSource> sources)
{
    /// <summary>Whether a request came in on the operations address. Each address speaks one protocol only, so a client cannot feign it.</summary>
    public static bool IsFor(HttpContext context) => !HttpProtocol.IsHttp2(context.Request.Protocol);

    public Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "GET only\n");
        return context.Request.Path.Value switch
        {
            "/livez" => AnswerAsync(context, StatusCodes.Status200OK, "ok\n"),
            "/readyz" => AnswerReadinessAsync(context),
            "/statusz" => AnswerStatusAsync(context),
            _ => AnswerAsync(context, StatusCodes.Status404NotFound, "/livez /readyz /statusz\n"),
        };
    }

    private Task AnswerReadinessAsync(HttpContext context)
    {
        var faults = checks.Select(check => (check.Name, Fault: check.Fault())).Where(check => check.Fault is not null).ToList();
        return faults.Count == 0
            ? AnswerAsync(context, StatusCodes.Status200OK, "ok\n")
            : AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, string.Concat(faults.Select(fault => $"{fault.Name}: {fault.Fault}\n")));
    }

    private Task AnswerStatusAsync(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return AnswerAsync(context, StatusCodes.Status200OK, StatusPage.Render(sources.Select(source => source.Read())), "text/html; charset=utf-8");
    }

    private static Task AnswerAsync(HttpContext context, int status, string body, string type = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
