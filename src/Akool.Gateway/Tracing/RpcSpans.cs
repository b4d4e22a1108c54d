using System.Diagnostics.Metrics;
using Akool.Sessions;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Akool.Gateway.Tracing;

/// <summary>Traces the calls of the gateway's own services, and measures the unary ones. Where nobody listens it only passes on. Outermost of the interceptors.</summary>
internal sealed class RpcSpans : Interceptor
{
    private const string Own = "/akool.avatar.v1.";

    // Those of OpenTelemetry's conventions for RPC metrics.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;

    public RpcSpans(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        _duration = meters.Create(Telemetry.SourceName).CreateHistogram("rpc.server.call.duration", "s", "Unary calls, received to answered.", tags: null, Buckets);
    }

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        IsWatched(context) ? TraceAsync(request, context, continuation) : continuation(request, context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        IsWatched(context) ? TraceAsync(context, () => continuation(request, responseStream, context)) : continuation(request, responseStream, context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        IsWatched(context) ? TraceAsync(context, () => continuation(requestStream, responseStream, context)) : continuation(requestStream, responseStream, context);

    private bool IsWatched(ServerCallContext context) =>
        (Telemetry.Activities.HasListeners() || _duration.Enabled) && context.Method.StartsWith(Own, StringComparison.OrdinalIgnoreCase);

    private async Task<TResponse> TraceAsync<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        where TRequest : class where TResponse : class
    {
        var started = _time.GetTimestamp();
        var span = RpcSpan.Begin(context);
        var status = StatusCode.Internal;
        try
        {
            var response = await continuation(request, context);
            status = context.Status.StatusCode;
            return response;
        }
        catch (RpcException failure)
        {
            status = failure.StatusCode;
            throw;
        }
        finally
        {
            span?.End(status);
            _duration.Record(_time.GetElapsedTime(started).TotalSeconds,
                new("rpc.system.name", "grpc"), new("rpc.method", RpcSpan.NameOf(context)), new("rpc.response.status_code", RpcSpan.NameOf(status)));
        }
    }

    private static async Task TraceAsync(ServerCallContext context, Func<Task> stream)
    {
        var span = RpcSpan.Begin(context);
        var status = StatusCode.Internal;
        try
        {
            await stream();
            status = context.Status.StatusCode;
        }
        catch (RpcException failure)
        {
            status = failure.StatusCode;
            throw;
        }
        finally
        {
            span?.End(status);
        }
    }
}
