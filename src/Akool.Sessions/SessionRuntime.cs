using Akool.Sessions.Chat;
using Akool.Sessions.Leases;
using Akool.Sessions.Life;
using Akool.Sessions.Ports;
using Microsoft.Extensions.Logging;

namespace Akool.Sessions;

/// <summary>What all sessions of one gateway share: the ports, the limits, the clocks and the sweeps.</summary>
internal sealed class SessionRuntime
{
    private readonly TaskCompletionSource _drainOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SessionRuntime(
        IAvatarApi api, IChatSocketFactory sockets, ISessionLedger ledger, SessionLimits limits, ChatLimits chatLimits,
        Telemetry telemetry, TimeProvider time, ILogger logger, Func<double> jitter)
    {
        (Api, Sockets, Ledger, Limits, ChatLimits) = (api, sockets, ledger, limits, chatLimits);
        (Telemetry, Time, Logger, Jitter) = (telemetry, time, logger, jitter);
        Clock = new(time);
        Feed = new(time);
        Registry = new(time);
        Admission = new(limits, time);
        Leaks = new(time);
        Leases = new(this);
        Closer = new(this);
        Poller = new(this);
    }

    public IAvatarApi Api { get; }

    public IChatSocketFactory Sockets { get; }

    public ISessionLedger Ledger { get; }

    public SessionLimits Limits { get; }

    public ChatLimits ChatLimits { get; }

    public Telemetry Telemetry { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    /// <summary>A number in [0, 1); the tests' own where order matters.</summary>
    public Func<double> Jitter { get; }

    public TurnClock Clock { get; }

    public SessionFeed Feed { get; }

    public SessionRegistry Registry { get; }

    public Admission Admission { get; }

    public LeakMeter Leaks { get; }

    public LeaseSweep Leases { get; }

    public SessionCloser Closer { get; }

    public StatusPoller Poller { get; }

    /// <summary>Set once the gateway is going down: nothing new is begun, and what runs may finish.</summary>
    public SessionError? Draining { get; set; }

    /// <summary>Done when the drain is: no call is to wait for anything any more.</summary>
    public Task DrainOver => _drainOver.Task;

    public void EndDrain() => _drainOver.TrySetResult();
}
