using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Akool.Gateway.Tests.Chat;

/// <summary>Adds up one counter of one gateway, from its making on. Safe from any thread.</summary>
internal sealed class MeterReading : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _sum;

    public MeterReading(ChatFixture chat, string instrument)
    {
        var meters = chat.Host.Gateway.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Name == instrument && ReferenceEquals(published.Meter.Scope, meters)) listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _sum, value));
        _listener.Start();
    }

    public long Sum => Interlocked.Read(ref _sum);

    public void Dispose() => _listener.Dispose();
}
