using System.Text;

namespace Akool.Emulator.Faults;

/// <summary>Bodies that are no answer.</summary>
internal static class BadBodies
{
    private const int HugeBytes = 50 << 20;
    private const int DeepLevels = 10_000;

    public static async Task WriteAsync(HttpContext context, BadBody body)
    {
        context.Response.StatusCode = 200;
        context.Response.ContentType = body is BadBody.Html ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
        if (body is BadBody.Huge) await WriteHugeAsync(context);
        else await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(TextOf(body)), context.RequestAborted);
    }

    private static string TextOf(BadBody body) => body switch
    {
        BadBody.Html => "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>",
        BadBody.TruncatedJson => """{"code":1000,"msg":"OK","data":{"_id":"6698c9""",
        BadBody.Null => "null",
        BadBody.EmptyArray => "[]",
        BadBody.Deep => """{"code":1000,"msg":"OK","data":""" + new string('[', DeepLevels) + new string(']', DeepLevels) + "}",
        BadBody.WrongTypes => """{"code":1000,"msg":7,"data":{"_id":12,"status":"two","count":"many","result":{"a":1},"stream_urls":[1,2]}}""",
        BadBody.LoneSurrogates => """{"code":1000,"msg":"\ud800","data":{"_id":"\udc00\ud800","status":2,"stream_urls":{"client_chat_room_url":"ws://\udfff/"}}}""",
        BadBody.NoCode => """{"msg":"OK","data":{}}""",
        _ => "",
    };

    private static async Task WriteHugeAsync(HttpContext context)
    {
        var chunk = Encoding.UTF8.GetBytes(new string('a', 1 << 16));
        await context.Response.WriteAsync("""{"code":1000,"msg":"OK","data":{"_id":" """.TrimEnd(), context.RequestAborted);
        for (var written = 0; written < HugeBytes; written += chunk.Length) await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        await context.Response.WriteAsync("\"}}", context.RequestAborted);
    }
}
