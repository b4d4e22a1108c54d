using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Akool.Sessions.Ports;
using Akool.Upstream.Rest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akool.Upstream.Tests.Support;

/// <summary>What one request was.</summary>
internal sealed record SeenRequest(string Method, string Path, string Query, string? Token, string Body);

/// <summary>AKOOL as an HTTP handler, and the API over it, on a clock that moves by hand.</summary>
internal sealed class StubAkool : HttpMessageHandler
{
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public StubAkool(bool withExchange = false, ITokenOrigin? origin = null)
    {
        _http = new HttpClient(this) { BaseAddress = new("https://akool.test"), Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 4 * 1024 * 1024 };
        Health = new UpstreamHealth(Time);
        var transport = new AkoolTransport(_http, new Holdoffs(Time), new UpstreamTelemetry(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), Health, Microsoft.Extensions.Options.Options.Create(Options)), Time);
        origin ??= withExchange ? new TokenExchange(transport, "client-1", "secret-1", Options.RequestTimeout, Time) : new GivenToken("token-1");
        Tokens = new AkoolToken(origin, Time, NullLogger<AkoolToken>.Instance);
        var resilience = new Resilience(Health, Time, NullLogger<Resilience>.Instance);
        Api = new AkoolApi(new AkoolCaller(transport, Tokens, resilience, Health, Options, Time, NullLogger<AkoolCaller>.Instance), NullLogger<AkoolApi>.Instance);
    }

    public EagerTime Time { get; } = new();

    public UpstreamOptions Options { get; } = new();

    public UpstreamHealth Health { get; }

    public AkoolToken Tokens { get; }

    public IAvatarApi Api { get; }

    /// <summary>What has been received, in order.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = [];

    /// <summary>What is answered; may wait, and may throw as the network does.</summary>
    public Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } = (_, _) => Task.FromResult(Reply("""{"code":1000,"msg":"OK"}"""));

    public void Answers(string body, int status = 200) => Answer = (_, _) => Task.FromResult(Reply(body, status));

    /// <summary>Answers with each in turn, then with the last for ever.</summary>
    public void AnswersInTurn(params Func<HttpResponseMessage>[] replies)
    {
        var next = -1;
        Answer = (_, _) => Task.FromResult(replies[Math.Min(Interlocked.Increment(ref next), replies.Length - 1)]());
    }

    public static HttpResponseMessage Reply(string body, int status = 200, string? retryAfter = null) => Reply(Encoding.UTF8.GetBytes(body), status, retryAfter);

    public static HttpResponseMessage Reply(byte[] body, int status = 200, string? retryAfter = null)
    {
        var reply = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) };
        if (retryAfter is not null) reply.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return reply;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var seen = new SeenRequest(request.Method.Method, request.RequestUri!.AbsolutePath, request.RequestUri.Query, request.Headers.Authorization?.Parameter, body);
        Seen.Enqueue(seen);
        return await Answer(seen, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _services.Dispose();
        base.Dispose(disposing);
    }
}
