using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akool.Emulator;
using Akool.Gateway.Hosting;
using Akool.Testing;
using Akool.Testing.Otlp;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>What the standard variables bring about, and what a collector that fails does not.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task Only_the_signal_that_has_an_endpoint_is_exported_and_to_that_URL()
    {
        await using var akool = await AkoolEmulator.StartAsync(ExportingFixture.MarkingEnds);
        await using var otlp = await OtlpReceiver.StartAsync();
        var variables = new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = $"{otlp.Address}/of/metrics", ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        };
        await using var gateway = await ExportingGateway.StartAsync(akool, variables);

        await CallerTrace.TalkAsync(gateway, CallerTrace.New().Headers());
        await gateway.StopAsync(); // whatever is left goes out with the end

        Assert.NotEmpty(otlp.Exports);
        Assert.All(otlp.Exports, export => Assert.Equal("/of/metrics", export.Path));
        Assert.Contains(otlp.Exports.SelectMany(export => OtlpMetric.ReadAll(WireMessage.Read(export.Body))), metric => metric is { Name: "akool.turn.ended", Total: 1 });
    }

    [Fact]
    public async Task A_collector_that_never_answers_holds_up_neither_a_call_nor_the_end()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0); // takes connections, and nothing more
        silent.Start();
        await using var akool = await AkoolEmulator.StartAsync(ExportingFixture.MarkingEnds);
        var variables = new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{silent.LocalEndpoint}", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "600000",
        };
        await using var gateway = await ExportingGateway.StartAsync(akool, variables);

        await CallerTrace.TalkAsync(gateway, CallerTrace.New().Headers());
        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task The_end_waits_for_a_collector_no_longer_than_a_second()
    {
        var limits = new ConcurrentDictionary<string, int>();
        await using var akool = await AkoolEmulator.StartAsync();
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool, new GatewayHostSetup
        {
            Settings = otlp.Variables,
            Services = services => services
                .ConfigureOpenTelemetryTracerProvider(traces => traces.AddProcessor(new Ending<Activity>(limit => limits["traces"] = limit)))
                .ConfigureOpenTelemetryLoggerProvider(logs => logs.AddProcessor(new Ending<LogRecord>(limit => limits["logs"] = limit)))
                .ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddReader(new EndingReader(limit => limits["metrics"] = limit))),
        });

        await host.StopAsync();

        Assert.Equal(["logs", "metrics", "traces"], limits.Keys.Order(StringComparer.Ordinal));
        Assert.All(limits.Values, milliseconds => Assert.InRange(milliseconds, 0, 1000));
    }

    [Fact]
    public void Variables_that_cannot_be_followed_stop_the_start()
    {
        var wrong = Assert.Throws<ConfigurationFaultsException>(() => GatewayApplication.Build([], new Dictionary<string, string?>
        {
            ["Akool:Token"] = "t",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4318",
            ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"] = "ftp://collector",
            ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/json",
            ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT"] = "soon",
        }));

        Assert.Equal(
            ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"],
            wrong.Faults.Select(fault => fault.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("http://127.0.0.1:4318", null, true)]
    [InlineData("http://127.0.0.1:4318", "true", false)]
    public async Task Nothing_listens_where_nothing_is_exported(string? endpoint, string? disabled, bool listens)
    {
        await using var gateway = GatewayApplication.Build([], new Dictionary<string, string?> { ["Akool:Token"] = "t", ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint, ["OTEL_SDK_DISABLED"] = disabled });

        Assert.Equal((listens, listens), (gateway.Services.GetService<TracerProvider>() is not null, gateway.Services.GetService<MeterProvider>() is not null));
    }

    private sealed class Ending<T>(Action<int> told) : BaseProcessor<T>
    {
        protected override bool OnShutdown(int timeoutMilliseconds)
        {
            told(timeoutMilliseconds);
            return true;
        }
    }

    private sealed class EndingReader(Action<int> told) : MetricReader
    {
        protected override bool OnShutdown(int timeoutMilliseconds)
        {
            told(timeoutMilliseconds);
            return true;
        }
    }
}
