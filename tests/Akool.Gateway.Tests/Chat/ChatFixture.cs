using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Testing;

namespace Akool.Gateway.Tests.Chat;

/// <summary>The real gateway over an emulated account, with turns that end soon.</summary>
internal sealed class ChatFixture : IAsyncDisposable
{
    private ChatFixture(AkoolEmulator akool, GatewayHost host) => (Akool, Host) = (akool, host);

    public AkoolEmulator Akool { get; }

    public GatewayHost Host { get; }

    public FaultScript Script => Akool.Script;

    public static async Task<ChatFixture> StartAsync(EmulatorOptions? akool = null, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Chat:AnswerQuietPeriod"] = "00:00:00.100", ["Chat:AnswerTimeout"] = "00:00:02" };
        foreach (var (key, value) in settings) all[key] = value;
        var emulator = await AkoolEmulator.StartAsync(akool);
        return new(emulator, await GatewayHost.StartAsync(emulator, new GatewayHostSetup { Settings = all }));
    }

    /// <summary>A session, as the gateway knows it: its name and AKOOL's id.</summary>
    public async Task<Session> CreateAsync()
    {
        var request = new CreateSessionRequest { Config = new SessionConfig { AvatarId = "Kai_1080P_back" }, WaitUntilActive = true };
        return (await Host.Sessions.CreateSessionAsync(request).ResponseAsync.WaitAsync(TestLimits.Hang)).Session;
    }

    public Task<ChatClient> AttachAsync(Session session, TurnVisibility visibility = TurnVisibility.Own, int cutAfter = 0, bool staysAway = false) =>
        ChatClient.AttachAsync(Host.Chat, new Attach { Session = session.Name, Visibility = visibility, AcknowledgeTurns = true }, cutAfter, staysAway);

    public async Task<Session> CloseAsync(Session session) =>
        (await Host.Sessions.CloseSessionAsync(new CloseSessionRequest { Name = session.Name }).ResponseAsync.WaitAsync(TestLimits.Hang)).Session;

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Akool.DisposeAsync();
    }
}
