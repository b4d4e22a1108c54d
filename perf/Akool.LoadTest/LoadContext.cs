using Akool.LoadTest.Chat;
using Akool.LoadTest.Target;

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

/// <summary>What a scenario works with. The emulator is absent where the target is not one.</summary>
internal sealed record LoadContext(GatewayClient Gateway, EmulatorControl? Emulator, LoadShape Shape)
{
    /// <summary>150 characters, as in every figure of this repository.</summary>
    public static readonly string Text = string.Create(150, 0, static (span, _) => span.Fill('q'));

    /// <summary>Adds faults where there is an emulator.</summary>
    public Task ScriptAsync(params object[] faults) => Emulator?.ScriptAsync(faults) ?? Task.CompletedTask;

    /// <summary>Ends all faults.</summary>
    public Task ClearScriptAsync() => Emulator?.ClearAsync() ?? Task.CompletedTask;
}
