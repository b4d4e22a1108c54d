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
        await otlp.HasAsync(receiver => receiver.Exports.SelectMany(MetricsOf).Any(metric => metric is { Name: "akool.turn.ended", Total: 1 })).WaitAsync(TestLimits.Process);
        await gateway.StopAsync();

        Assert.All(otlp.Exports, export => Assert.Equal("/of/metrics", export.Path));
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
        Assert.Equal(0, await gateway.StopAsync().WaitAsync(TestLimits.Stop));
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
    [InlineData("")]
    [InlineData("", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SDK_DISABLED")]
    [InlineData("logs metrics traces", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("traces", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")]
    [InlineData("metrics", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")]
    [InlineData("logs", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT")]
    public async Task Only_what_is_exported_is_listened_to(string expected, params string[] variables)
    {
        var settings = variables.ToDictionary(name => name, name => name == "OTEL_SDK_DISABLED" ? "true" : "http://127.0.0.1:4318");

        await using var gateway = GatewayApplication.Build([], settings.Append(new("Akool:Token", "t"))!);
        var services = gateway.Services;

        var listening = new (string Signal, object? Provider)[]
        {
            ("logs", services.GetService<LoggerProvider>()), ("metrics", services.GetService<MeterProvider>()), ("traces", services.GetService<TracerProvider>()),
        };
        Assert.Equal(expected, string.Join(' ', listening.Where(signal => signal.Provider is not null).Select(signal => signal.Signal)));
    }

    private static IEnumerable<OtlpMetric> MetricsOf(OtlpExport export) => OtlpMetric.ReadAll(WireMessage.Read(export.Body));

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
