using HdrHistogram;
using NBomber.Contracts;
using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>Collects the successful or the failed responses of one step or scenario. Not safe by itself: its owner's lock guards it.</summary>
internal sealed class Measurement
{
    private const long HourInMicroseconds = 3_600_000_000;
    private const long LargestResponse = 1L << 40;
    private readonly LongHistogram _microseconds = new(HourInMicroseconds, 3);
    private readonly LongHistogram _bytes = new(LargestResponse, 3);
    private readonly Dictionary<string, (string Message, int Count)> _codes = [];
    private long _allBytes;
    private int _less800, _to1200, _over1200;

    public int Count { get; private set; }

    public long AllBytes => _allBytes;

    public void Record(TimeSpan latency, IResponse response)
    {
        if (response.CustomLatencyMs > 0) latency = TimeSpan.FromMilliseconds(response.CustomLatencyMs);
        Count++;
        _microseconds.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 0, HourInMicroseconds));
        _bytes.RecordValue(Math.Clamp(response.SizeBytes, 0, LargestResponse));
        _allBytes += response.SizeBytes;
        if (latency.TotalMilliseconds <= 800) _less800++;
        else if (latency.TotalMilliseconds < 1200) _to1200++;
        else _over1200++;
        if (response.StatusCode.Length > 0) _codes[response.StatusCode] = (response.Message, _codes.GetValueOrDefault(response.StatusCode).Count + 1);
    }

    public MeasurementStats Stats(bool isError, int all, TimeSpan duration) => new(
        new RequestStats(Count, duration > TimeSpan.Zero ? Count / duration.TotalSeconds : 0, Percent(Count, all)),
        Count == 0 ? new(0, 0, 0, 0, 0, 0, 0, 0, new(0, 0, 0)) : Latency(),
        Count == 0 ? new(0, 0, 0, 0, 0, 0, 0, 0, 0) : Transfer(),
        [.. _codes.OrderBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => new StatusCodeStats(c.Key, isError, c.Value.Message, c.Value.Count, Percent(c.Value.Count, all)))]);

    private LatencyStats Latency()
    {
        double Ms(double percentile) => _microseconds.GetValueAtPercentile(percentile) / 1000.0;
        return new(Ms(0), _microseconds.GetMean() / 1000, _microseconds.GetMaxValue() / 1000.0, Ms(50), Ms(75), Ms(95), Ms(99),
            _microseconds.GetStdDeviation() / 1000, new(_less800, _to1200, _over1200));
    }

    private DataTransferStats Transfer()
    {
        long At(double percentile) => _bytes.GetValueAtPercentile(percentile);
        return new(At(0), _allBytes / Count, _bytes.GetMaxValue(), At(50), At(75), At(95), At(99), _bytes.GetStdDeviation(), _allBytes);
    }

    private static int Percent(int part, int all) => all == 0 ? 0 : (int)Math.Round(100.0 * part / all);
}
