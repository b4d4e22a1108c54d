using System.Diagnostics.Metrics;
using Akool.Sessions;

namespace Akool.Ledger;

/// <summary>The instruments of this room.</summary>
internal sealed class LedgerTelemetry
{
    private static readonly InstrumentAdvice<double> DurationBuckets = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    };

    private static readonly InstrumentAdvice<long> SizeBuckets = new() { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 8192] };

    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _size;
    private readonly Counter<long> _failed;

    /// <param name="meters">Where the host collects; null: nobody does.</param>
    public LedgerTelemetry(IMeterFactory? meters)
    {
        var meter = meters?.Create(Telemetry.SourceName) ?? new Meter(Telemetry.SourceName);
        _duration = meter.CreateHistogram("akool.ledger.write.duration", "s", "One transaction of the ledger, begun to synced to disk.", tags: null, DurationBuckets);
        _size = meter.CreateHistogram("akool.ledger.batch.size", "{record}", "Records in one transaction of the ledger.", tags: null, SizeBuckets);
        _failed = meter.CreateCounter<long>("akool.ledger.write.failed", "{write}", "Transactions of the ledger that failed; while they do, no session can be begun.");
    }

    public void Written(int records, TimeSpan duration)
    {
        _size.Record(records);
        _duration.Record(duration.TotalSeconds);
    }

    public void Failed() => _failed.Add(1);
}
