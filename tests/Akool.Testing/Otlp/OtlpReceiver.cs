using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Akool.Testing.Otlp;

/// <summary>Takes what a gateway exports by OTLP (http/protobuf) on a free port of the loopback, and keeps all of it. Safe from any thread.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly Lock _gate = new(); // guards all lists
    private readonly List<OtlpExport> _exports = [];
    private readonly List<(Func<OtlpReceiver, bool> Match, TaskCompletionSource Done)> _waiters = [];
    private readonly List<OtlpSpan> _spans = [];
    private readonly Dictionary<string, OtlpMetric> _metrics = [];
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app)
    {
        _app = app;
        app.Run(TakeAsync);
    }

    /// <summary>What to give to the gateway, as configuration or as environment.</summary>
    public IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "50", ["OTEL_BLRP_SCHEDULE_DELAY"] = "50",
    };

    /// <summary>Where it listens.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Everything that came.</summary>
    public IReadOnlyList<OtlpExport> Exports { get { lock (_gate) return [.. _exports]; } }

    /// <summary>Every span that came.</summary>
    public IReadOnlyList<OtlpSpan> Spans { get { lock (_gate) return [.. _spans]; } }

    /// <summary>The latest state of every metric, by name.</summary>
    public IReadOnlyDictionary<string, OtlpMetric> Metrics { get { lock (_gate) return new Dictionary<string, OtlpMetric>(_metrics); } }

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var receiver = new OtlpReceiver(builder.Build());
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Completes once what has come answers to a description, which runs under the receiver's lock whenever something comes.</summary>
    public Task HasAsync(Func<OtlpReceiver, bool> match)
    {
        lock (_gate)
        {
            if (match(this)) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((match, done));
            return done.Task;
        }
    }

    /// <summary>Completes once a span of a name has come.</summary>
    public Task SpanAsync(string name) => HasAsync(receiver => receiver._spans.Exists(span => span.Name == name));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var export = new OtlpExport(context.Request.Path.Value!, body.ToArray());
        lock (_gate)
        {
            _exports.Add(export);
            if (export.Path == "/v1/traces") _spans.AddRange(OtlpSpan.ReadAll(WireMessage.Read(export.Body)));
            if (export.Path == "/v1/metrics") foreach (var metric in OtlpMetric.ReadAll(WireMessage.Read(export.Body))) _metrics[metric.Name] = metric;
            foreach (var waiter in _waiters.Where(waiter => waiter.Match(this)).ToList())
            {
                waiter.Done.TrySetResult();
                _waiters.Remove(waiter);
            }
        }
        context.Response.ContentType = "application/x-protobuf";
    }
}

/// <summary>One export: the path says of which signal.</summary>
public sealed record OtlpExport(string Path, byte[] Body);
