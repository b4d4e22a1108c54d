using Akool.Avatar.V1;
using Akool.Gateway.Hosting;
using Akool.Gateway.Mapping;
using Akool.Sessions;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Akool.Gateway.Services;

/// <summary>For operators.</summary>
internal sealed class AdminGrpcService(SessionLifecycle sessions, GatewayDrain drain) : AdminService.AdminServiceBase
{
    private static readonly TimeSpan DefaultMinAge = TimeSpan.FromMinutes(1);

    public override Task<GetCapacityResponse> GetCapacity(GetCapacityRequest request, ServerCallContext context)
    {
        var admin = sessions.Admin;
        return Task.FromResult(new GetCapacityResponse
        {
            Draining = drain.IsDraining,
            ChatStreams = admin.ChatStreams,
            UpstreamConnections = admin.UpstreamConnections,
            Limits = { admin.Limits.Select(use => new Limit { Name = use.Name, Scope = use.Scope, Limit_ = use.Limit, Used = use.Used }) },
        });
    }

    public override async Task<ReconcileSessionsResponse> ReconcileSessions(ReconcileSessionsRequest request, ServerCallContext context)
    {
        var minAge = ReadDuration(request.MinAge, "min_age") ?? DefaultMinAge;
        var found = (await sessions.Admin.ReconcileAsync(request.Force, minAge, context.CancellationToken)).OrThrow(context);
        return new ReconcileSessionsResponse
        {
            OrphanedUpstreamSessionIds = { found.Orphans.Select(id => id.Value) },
            StaleSessionNames = { found.Stale.Select(SessionName.Of) },
            ClosedCount = found.Closed,
        };
    }

    public override Task<CloseMatchingSessionsResponse> CloseMatchingSessions(CloseMatchingSessionsRequest request, ServerCallContext context)
    {
        var labels = SessionRequestMapping.ReadLabels(request).OrThrow();
        OwnerId? owner = request.Owner.Length == 0 ? null : new OwnerId(request.Owner);
        var matched = sessions.Admin.CloseMatching(owner, labels, request.Force);
        return Task.FromResult(new CloseMatchingSessionsResponse { Sessions = { matched.Select(SessionMapping.ToProto) } });
    }

    public override async Task<DrainGatewayResponse> DrainGateway(DrainGatewayRequest request, ServerCallContext context)
    {
        var grace = ReadDuration(request.Grace, "grace") ?? GatewayDrain.ShutdownGrace;
        // Not the call's: an operator who hangs up must not cut short the turns that it lets end.
        var ended = await drain.RunAsync(grace, request.CloseSessions, drain.Over).WaitAsync(context.CancellationToken);
        return new DrainGatewayResponse { StreamsEnded = ended.StreamsEnded, SessionsClosed = ended.SessionsClosed };
    }

    private static TimeSpan? ReadDuration(Duration? duration, string field)
    {
        var faults = new RequestFaults();
        var span = ProtoTime.NotNegative(duration, field, ref faults);
        return faults.Or(span).OrThrow();
    }
}
