using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Sessions;
using Akool.Testing;
using Microsoft.Extensions.DependencyInjection;
using Session = Akool.Avatar.V1.Session;
using SessionConfig = Akool.Avatar.V1.SessionConfig;

namespace Akool.Gateway.Tests.Chat;

/// <summary>
/// The real gateway over an emulated account. Its last answer to a frame says that it is the last, so that no turn waits for a silence, and no stall of
/// the machine can end one early.
/// </summary>
internal sealed class ChatFixture : IAsyncDisposable
{
    /// <summary>Limit on what a test waits for. Never reached by a test that passes, however busy the machine.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private ChatFixture(AkoolEmulator akool, GatewayHost host) => (Akool, Host) = (akool, host);

    public AkoolEmulator Akool { get; }

    public GatewayHost Host { get; }

    public FaultScript Script => Akool.Script;

    /// <summary>Bytes that wait for clients now, by the gateway's own count.</summary>
    public long OutboxBytes => Host.Gateway.Services.GetRequiredService<SessionLifecycle>().Runtime.Registry.All.Sum(session => session.HubIfAny?.OutboxBytes ?? 0);

    public static Task<ChatFixture> StartAsync(params (string Key, string Value)[] settings) => StartAsync(Marking(new EmulatorOptions()), null, settings);

    public static async Task<ChatFixture> StartAsync(EmulatorOptions akool, Action<IServiceCollection>? services, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Chat:AnswerQuietPeriod"] = "00:01:00" };
        foreach (var (key, value) in settings) all[key] = value;
        var emulator = await AkoolEmulator.StartAsync(akool);
        return new(emulator, await GatewayHost.StartAsync(emulator, new GatewayHostSetup { Settings = all, Services = services }));
    }

    /// <summary>The same account, whose last answer to a frame is marked.</summary>
    public static EmulatorOptions Marking(EmulatorOptions akool) => akool with { Habits = akool.Habits with { AnswerEnded = true } };

    /// <summary>A session, as the gateway knows it: its name and AKOOL's id.</summary>
    public async Task<Session> CreateAsync()
    {
        var request = new CreateSessionRequest { Config = new SessionConfig { AvatarId = "Kai_1080P_back" }, WaitUntilActive = true };
        return (await Host.Sessions.CreateSessionAsync(request).ResponseAsync.WaitAsync(Hang)).Session;
    }

    public Task<ChatClient> AttachAsync(Session session, TurnVisibility visibility = TurnVisibility.Own, int cutAfter = 0) =>
        ChatClient.AttachAsync(Host.Chat, new Attach { Session = session.Name, Visibility = visibility, AcknowledgeTurns = true }, cutAfter);

    public async Task<Session> CloseAsync(Session session) =>
        (await Host.Sessions.CloseSessionAsync(new CloseSessionRequest { Name = session.Name }).ResponseAsync.WaitAsync(Hang)).Session;

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Akool.DisposeAsync();
    }
}
