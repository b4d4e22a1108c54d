using Akool.LoadTest.Chat;
using Akool.LoadTest.Target;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest;

/// <summary>Size of a load; each scenario says what it makes of it.</summary>
/// <param name="Sessions">Sessions held open or run at once.</param>
/// <param name="Rate">Starts a second of open-loop scenarios; 0: the scenario's own.</param>
/// <param name="During">Length of each measured phase.</param>
/// <param name="Turns">Turns in a session that comes and goes.</param>
/// <param name="MaxP99Ms">Threshold on the answer's p99; 0: none.</param>
/// <param name="Seed">Seed of random faults.</param>
internal sealed record LoadShape(int Sessions, int Rate, TimeSpan During, int Turns, double MaxP99Ms, int Seed)
{
    /// <summary>A rate, or this scenario's own.</summary>
    public int RateOr(int own) => Rate > 0 ? Rate : Math.Max(1, own);
}

/// <summary>What a scenario works with.</summary>
/// <param name="Gateway">The client, with the run's findings.</param>
/// <param name="Emulator">Absent where the target is not known to be one: no scenario with faults runs there.</param>
/// <param name="Shape">Size of the load.</param>
/// <param name="MaxLive">Sessions that the gateway admits at once; null where that is not known.</param>
/// <param name="Stopping">The run is to end early.</param>
internal sealed record LoadContext(GatewayClient Gateway, EmulatorControl? Emulator, LoadShape Shape, int? MaxLive, CancellationToken Stopping)
{
    /// <summary>150 characters, as in every figure of this repository.</summary>
    public static readonly string Text = string.Create(150, 0, static (span, _) => span.Fill('q'));

    /// <summary>What the emulator, as it comes, answers to <see cref="Text"/>: the text again, in two pieces. Null where AKOOL may be another.</summary>
    public ExpectedAnswers? Answers => Emulator is null ? null : new(2, Text);

    /// <summary>A scenario that ends when the run is to, and goes on after a failed step: what it has opened must be closed.</summary>
    public ScenarioProps Scenario(string name, Func<IScenarioContext, Task<IResponse>> run) => NBomber.CSharp.Scenario.Create(name, context =>
    {
        if (!Stopping.IsCancellationRequested) return run(context);
        context.StopCurrentTest("the run was told to end");
        return Task.FromResult<IResponse>(Response.Fail(message: "the run was told to end"));
    }).WithRestartIterationOnFail(false);

    /// <summary>Adds faults.</summary>
    public Task ScriptAsync(params object[] faults) => Known.ScriptAsync(faults);

    /// <summary>Ends all faults.</summary>
    public Task ClearScriptAsync() => Known.ClearAsync();

    private EmulatorControl Known => Emulator ?? throw new InvalidOperationException("faults need an emulator");
}
