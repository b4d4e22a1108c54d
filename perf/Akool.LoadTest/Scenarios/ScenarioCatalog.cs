using NBomber.Contracts;

namespace Akool.LoadTest.Scenarios;

/// <summary>A scenario of the command line.</summary>
/// <param name="Name">The command.</param>
/// <param name="What">Its help.</param>
/// <param name="Takes">Options of size that it honours.</param>
/// <param name="Build">Makes it of a target and a size.</param>
internal sealed record LoadScenario(string Name, string What, SizeOptions Takes, Func<LoadContext, ScenarioProps[]> Build)
{
    /// <summary>It scripts faults: against a named gateway the emulator behind it must be named too.</summary>
    public bool NeedsEmulator { get; init; }

    /// <summary>Sessions that a gateway of the load test's own admits at once for it; scenarios with the same number share one.</summary>
    public Func<LoadShape, int> MaxLive { get; init; } = _ => 20_000;
}

/// <summary>All of them, in the order in which <c>quick</c> and <c>all</c> run them.</summary>
internal static class ScenarioCatalog
{
    private const SizeOptions Closed = SizeOptions.Sessions | SizeOptions.Seconds | SizeOptions.MaxP99;
    private const SizeOptions Open = Closed | SizeOptions.Rate;

    public static readonly IReadOnlyList<LoadScenario> All =
    [
        new("session-throughput", "THE figure: concurrent sessions, each created, attached, talked with and closed; a curve over their number", Closed | SizeOptions.Turns, SessionThroughput.Build),
        new("chat-steady", "held sessions, a turn a second each, open loop", Open, ChatSteady.Build),
        new("chat-burst", "held sessions, 20 answers a turn, open loop", Open, ChatBurst.Build) { NeedsEmulator = true },
        new("fan-in", "8 streams on each session", Open, FanIn.Build),
        new("slow-consumer", "clients that never read beside others that chat", Open, SlowConsumer.Build) { NeedsEmulator = true },
        new("reconnect-storm", "streams cut with a turn running, and resumed", Closed, ReconnectStorm.Build),
        new("mixed", "steady chat, sessions that come and go, a spike", Open | SizeOptions.Turns, Mixed.Build),
        new("soak", "sessions come and go under random faults from a printed seed", SizeOptions.Sessions | SizeOptions.Seconds | SizeOptions.Turns | SizeOptions.Seed, Soak.Build) { NeedsEmulator = true },
        new("open-storm", "creates on a schedule, far more than are admitted; admitted or refused, never timed out", Open, OpenStorm.Build) { MaxLive = OpenStorm.MaxLive },
    ];
}
