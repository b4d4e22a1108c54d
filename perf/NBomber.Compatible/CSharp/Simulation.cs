using NBomber.Contracts;

namespace NBomber.CSharp;

/// <summary>Phases of load. The Inject family is open-loop: starts keep their schedule whatever the answers do. The Constant family is closed.</summary>
public static class Simulation
{
    /// <summary>From the previous rate linearly to <paramref name="rate"/> starts an interval.</summary>
    public static LoadSimulation RampingInject(int rate, TimeSpan interval, TimeSpan during) =>
        new LoadSimulation.RampingInject(rate, interval, during);

    /// <summary><paramref name="rate"/> starts an interval, evenly spread.</summary>
    public static LoadSimulation Inject(int rate, TimeSpan interval, TimeSpan during) => new LoadSimulation.Inject(rate, interval, during);

    /// <summary>Between the two rates, drawn anew each interval.</summary>
    public static LoadSimulation InjectRandom(int minRate, int maxRate, TimeSpan interval, TimeSpan during) =>
        new LoadSimulation.InjectRandom(minRate, maxRate, interval, during);

    /// <summary>From the previous number of copies linearly to <paramref name="copies"/>, each looping.</summary>
    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => new LoadSimulation.RampingConstant(copies, during);

    /// <summary>That many copies, each looping.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new LoadSimulation.KeepConstant(copies, during);

    /// <summary>No starts.</summary>
    public static LoadSimulation Pause(TimeSpan during) => new LoadSimulation.Pause(during);
}
