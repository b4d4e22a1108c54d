using System.Diagnostics.Metrics;
using Akool.Sessions.Tests.Fakes;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Akool.Sessions.Tests.Life;

/// <summary>The sessions of one gateway over fakes, on a clock that the test moves. It can die and start again on the same ledger and account.</summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);
    public static readonly OwnerId Me = new("me");
    public static readonly OwnerId Other = new("other");

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    private World(SessionLimits limits, World? before)
    {
        Limits = limits;
        (Akool, Ledger, Time) = before is null ? (new(), new(), new()) : (before.Akool, before.Ledger, before.Time);
        Sessions = new(Akool, Rooms, Ledger, Options.Create(limits), Options.Create(new ChatLimits()),
            new Telemetry(Meters), Time, new FakeLogger<SessionLifecycle>(Logs));
    }

    /// <summary>Where its meters come from; their scope.</summary>
    public IMeterFactory Meters { get; } = new OwnMeters();

    public SessionLimits Limits { get; }

    public FakeAkool Akool { get; }

    public FakeLedger Ledger { get; }

    public FakeSocketFactory Rooms { get; } = new();

    public ArmedTime Time { get; }

    public FakeLogCollector Logs { get; } = new();

    public SessionLifecycle Sessions { get; }

    public SessionRuntime Runtime => Sessions.Runtime;

    /// <summary>Starts a gateway; its sweeps run on the test's clock only.</summary>
    public static async Task<World> StartAsync(SessionLimits? limits = null, Action<World>? before = null)
    {
        var world = new World(limits ?? new(), null);
        before?.Invoke(world);
        await world.BeginAsync();
        return world;
    }

    /// <summary>A gateway on what this one has left behind, as after a kill: this one does nothing more that counts.</summary>
    public async Task<World> RestartAsync(SessionLimits? limits = null)
    {
        await StopSweepsAsync();
        var next = new World(limits ?? Limits, this);
        await next.BeginAsync();
        return next;
    }

    public static NewSession Request(string requestId = "", OwnerId? owner = null, bool wait = false, LeasePolicy? lease = null, string avatar = "avatar", params (string, string)[] labels) => new(
        owner ?? Me, new SessionConfig(avatar, null, MediaTransport.Flv, TurnSettings.Empty),
        lease ?? new LeasePolicy(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(30)),
        labels.ToDictionary(label => label.Item1, label => label.Item2), requestId, wait);

    public Task<Result<SessionSnapshot>> CreateAsync(NewSession? request = null, CancellationToken caller = default) =>
        Sessions.CreateAsync(request ?? Request(), caller).WaitAsync(Hang, CancellationToken.None);

    /// <summary>A session that was created.</summary>
    public async Task<Session> BornAsync(NewSession? request = null)
    {
        var asked = request ?? Request();
        var created = await CreateAsync(asked);
        return Runtime.Registry.Find(asked.Owner, created.Value.Record.Id)!;
    }

    /// <summary>Done once the session has ended.</summary>
    public static Task EndAsync(Session session) => session.Ended.WaitAsync(Hang);

    public void AssertNothingLeft()
    {
        Assert.Empty(Runtime.Registry.All);
        Assert.Empty(Ledger.Records);
        Assert.Empty(Akool.Open);
        Assert.Equal(0, Runtime.Admission.Uses[0].Used);
        Assert.Null(Runtime.Registry.FindRequest(Me, "r"));
    }

    public async ValueTask DisposeAsync()
    {
        Akool.OnClose = null;
        await StopSweepsAsync();
        await Sessions.DisposeAsync().AsTask().WaitAsync(Hang);
        Meters.Dispose();
        _stopping.Dispose();
    }

    private async Task BeginAsync()
    {
        Assert.True((await Sessions.StartAsync(CancellationToken.None)).IsOk);
        // Without the test runner's context the sweeps run inside of Advance, on its thread; all of them wait for the clock once RunAsync has returned.
        var begun = new TaskCompletionSource();
        _running = Task.Run(() =>
        {
            var running = Sessions.RunAsync(_stopping.Token);
            begun.SetResult();
            return running;
        });
        await begun.Task.WaitAsync(Hang);
    }

    private async Task StopSweepsAsync()
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(Hang);
    }

    private sealed class OwnMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            _meters.Add(new Meter(options));
            return _meters[^1];
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }
}
