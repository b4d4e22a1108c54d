using System.Collections.Concurrent;
using System.Diagnostics;
using Akool.Sessions;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace Akool.Gateway.Tracing;

/// <summary>
/// The span of one call: of a unary one until it is answered, of a stream until it has joined what it is for. Names and attributes are those of
/// OpenTelemetry's conventions for gRPC. It hangs from the trace that the caller sent, and from nothing else: not from the server's own activity,
/// which nobody exports.
/// </summary>
internal sealed class RpcSpan
{
    // W3C Trace Context, 3.3.1.5: what a receiver must pass on at least; more is not kept with every span.
    private const int LongestTraceState = 512;

    private static readonly object Key = new();
    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal); // as many as there are methods

    private static readonly string[] StatusNames =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    private readonly Activity? _span;
    private readonly ActivityContext _caller;

    private RpcSpan(Activity? span, ActivityContext caller) => (_span, _caller) = (span, caller);

    /// <summary>Begins the span of a call; it becomes the current activity. Null: nobody listens.</summary>
    public static RpcSpan? Begin(ServerCallContext context)
    {
        if (!Telemetry.Activities.HasListeners()) return null;
        var headers = context.GetHttpContext().Request.Headers;
        string? state = headers.TraceState;
        if (!ActivityContext.TryParse(headers.TraceParent, state?.Length > LongestTraceState ? null : state, isRemote: true, out var caller)) caller = default;
        Activity.Current = null; // without a caller's trace it is a root
        var name = NameOf(context);
        var span = Telemetry.Activities.StartActivity(ActivityKind.Server, caller, tags: null, links: null, startTime: default, name);
        span?.SetTag("rpc.system.name", "grpc");
        span?.SetTag("rpc.method", name);
        var call = new RpcSpan(span, caller);
        context.UserState[Key] = call;
        return call;
    }

    /// <summary>What the spans of a chat's turns hang from: what the caller sent, else the span of the attach. Empty: nothing is traced.</summary>
    public static ActivityContext TraceOf(ServerCallContext context)
    {
        if (Of(context) is not { } call) return default;
        return call._caller != default ? call._caller : call._span?.Context ?? default;
    }

    /// <summary>The stream has joined what it is for: its span ends here.</summary>
    public static void Joined(ServerCallContext context) => Of(context)?.End(StatusCode.OK);

    /// <summary>The call, or what the span stands for of it, is over. Later ends change nothing.</summary>
    public void End(StatusCode status)
    {
        if (_span is null or { IsStopped: true }) return;
        var name = NameOf(status);
        _span.SetTag("rpc.response.status_code", name);
        if (IsFault(status))
        {
            _span.SetTag("error.type", name);
            _span.SetStatus(ActivityStatusCode.Error);
        }
        _span.Stop();
    }

    /// <summary>The full name of a call's method, by the endpoint that was matched: a path can be written in more ways than can be kept.</summary>
    public static string NameOf(ServerCallContext context) =>
        Names.GetOrAdd(context.GetHttpContext().GetEndpoint()!.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.FullName, static path => path[1..]);

    /// <summary>A status code's name.</summary>
    public static string NameOf(StatusCode status) => (int)status < StatusNames.Length ? StatusNames[(int)status] : "_OTHER";

    // By the conventions the others are the caller's doing.
    private static bool IsFault(StatusCode status) => status is StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.Unimplemented
        or StatusCode.Internal or StatusCode.Unavailable or StatusCode.DataLoss;

    private static RpcSpan? Of(ServerCallContext context) => context.UserState.TryGetValue(Key, out var call) ? (RpcSpan)call : null;
}
