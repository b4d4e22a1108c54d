using Akool.Sessions;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>Requests of SessionService and AdminService, checked. Each gives every fault of the request at once.</summary>
internal static class SessionRequestMapping
{
    /// <summary>What CreateSession asks for.</summary>
    public static Result<NewSession> Read(Proto.CreateSessionRequest request, OwnerId owner, SessionLimits limits)
    {
        var faults = new RequestFaults();
        var config = ConfigMapping.Read(request.Config, "config", ref faults);
        var lease = LeaseMapping.Read(request.Lease, limits, "lease", ref faults);
        var labels = LabelMapping.Read(request.Labels, "labels", ref faults);
        var requestId = FieldRules.OptionalId(request.RequestId, "request_id", ref faults) ?? "";
        return faults.Or(new NewSession(owner, config, lease, labels, requestId, request.WaitUntilActive));
    }

    /// <summary>Which sessions ListSessions asks for.</summary>
    public static Result<SessionQuery> Read(Proto.ListSessionsRequest request, OwnerId owner)
    {
        var faults = new RequestFaults();
        var size = PageSize.Read(request.PageSize, "page_size", ref faults);
        var states = ReadStates(request, ref faults);
        var labels = LabelMapping.Read(request.Labels, "labels", ref faults);
        var read = faults.Or(new SessionQuery(owner, states, labels, size, null));
        if (!read.IsOk || request.PageToken.Length == 0) return read;

        var after = SessionPageToken.Read(request.PageToken, read.Value);
        return after.IsOk ? read.Value with { After = after.Value } : after.Error;
    }

    /// <summary>The labels that CloseMatchingSessions asks for.</summary>
    public static Result<IReadOnlyDictionary<string, string>> ReadLabels(Proto.CloseMatchingSessionsRequest request)
    {
        var faults = new RequestFaults();
        FieldRules.OptionalId(request.Owner, "owner", ref faults);
        var labels = LabelMapping.Read(request.Labels, "labels", ref faults);
        return faults.Or(labels);
    }

    private static IReadOnlyList<SessionState> ReadStates(Proto.ListSessionsRequest request, ref RequestFaults faults)
    {
        var states = new SortedSet<SessionState>();
        for (var i = 0; i < request.States.Count; i++)
        {
            if (SessionMapping.ToDomain(request.States[i]) is { } state) states.Add(state);
            else faults.Add($"states[{i}]", "is not a state that a session can have");
        }

        return [.. states];
    }
}
