using Akool.Sessions;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>The four timers of a session, both ways.</summary>
internal static class LeaseMapping
{
    /// <summary>The lease in force: what was asked for, cut to the server's maxima, and its defaults (which are the same) for the rest.</summary>
    public static LeasePolicy Read(Proto.LeasePolicy? lease, SessionLimits limits, string field, ref RequestFaults faults)
    {
        if (lease is null) return new LeasePolicy(limits.MaxDuration, limits.IdleTimeout, limits.AttachTimeout, limits.DetachGrace);
        return new LeasePolicy(
            AtMost(limits.MaxDuration, ProtoTime.Positive(lease.MaxDuration, $"{field}.max_duration", ref faults)),
            AtMost(limits.IdleTimeout, ProtoTime.Positive(lease.IdleTimeout, $"{field}.idle_timeout", ref faults)),
            AtMost(limits.AttachTimeout, ProtoTime.Positive(lease.AttachTimeout, $"{field}.attach_timeout", ref faults)),
            AtMost(limits.DetachGrace, ProtoTime.NotNegative(lease.DetachGrace, $"{field}.detach_grace", ref faults)));
    }

    public static Proto.LeasePolicy ToProto(LeasePolicy lease) => new()
    {
        MaxDuration = ProtoTime.ToDuration(lease.MaxDuration),
        IdleTimeout = ProtoTime.ToDuration(lease.IdleTimeout),
        AttachTimeout = ProtoTime.ToDuration(lease.AttachTimeout),
        DetachGrace = ProtoTime.ToDuration(lease.DetachGrace),
    };

    private static TimeSpan AtMost(TimeSpan limit, TimeSpan? asked) => asked < limit ? asked.Value : limit;
}
