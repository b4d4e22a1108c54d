namespace NBomber.Contracts.Stats;

/// <summary>How many and how often.</summary>
public sealed record RequestStats(int Count, double RPS, int Percent);

/// <summary>Latencies in three classes.</summary>
public sealed record LatencyCount(int LessOrEq800, int More800Less1200, int MoreOrEq1200);

/// <summary>Latencies in milliseconds.</summary>
public sealed record LatencyStats(double MinMs, double MeanMs, double MaxMs, double Percent50, double Percent75, double Percent95,
    double Percent99, double StdDev, LatencyCount LatencyCount);

/// <summary>Bytes, as the responses tell them.</summary>
public sealed record DataTransferStats(long MinBytes, long MeanBytes, long MaxBytes, long Percent50, long Percent75, long Percent95,
    long Percent99, double StdDev, long AllBytes);

/// <summary>How often a status code came.</summary>
public sealed record StatusCodeStats(string StatusCode, bool IsError, string Message, int Count, int Percent);

/// <summary>Figures of the successful or of the failed invocations.</summary>
public sealed record MeasurementStats(RequestStats Request, LatencyStats Latency, DataTransferStats DataTransfer, StatusCodeStats[] StatusCodes);

/// <summary>Figures of one step.</summary>
public sealed record StepStats(string StepName, MeasurementStats Ok, MeasurementStats Fail, int SortIndex);
