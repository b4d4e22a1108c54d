using Akool.Emulator;
using Akool.Testing.Otlp;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>One gateway process that exports everything, for all tests of a class: each has a trace of its own.</summary>
public sealed class ExportingFixture : IAsyncLifetime
{
    /// <summary>It says where an answer ends, so that no turn's end depends on how fast the machine is.</summary>
    public static EmulatorOptions MarkingEnds { get; } = new() { Habits = new() { AnswerEnded = true } };

    internal AkoolEmulator Akool { get; private set; } = null!;

    internal OtlpReceiver Otlp { get; private set; } = null!;

    internal ExportingGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Akool = await AkoolEmulator.StartAsync(MarkingEnds);
        Otlp = await OtlpReceiver.StartAsync();
        Gateway = await ExportingGateway.StartAsync(Akool, Otlp.Variables, "--OTEL_SERVICE_NAME=our-gateway", "--Logging:Console:FormatterName=json");
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (Otlp is not null) await Otlp.DisposeAsync();
        if (Akool is not null) await Akool.DisposeAsync();
    }

    /// <summary>All spans of a trace, once the last of them has come: they are exported in the order in which they ended.</summary>
    internal async Task<IReadOnlyList<OtlpSpan>> SpansAsync(CallerTrace trace, string last)
    {
        await Otlp.HasAsync(receiver => receiver.Spans.Any(span => span.TraceId == trace.TraceId && span.Name == last)).WaitAsync(Testing.TestLimits.Process);
        return [.. Otlp.Spans.Where(span => span.TraceId == trace.TraceId)];
    }
}
