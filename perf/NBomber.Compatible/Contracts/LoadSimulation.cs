namespace NBomber.Contracts;

/// <summary>One phase of a scenario's load. Made by <see cref="NBomber.CSharp.Simulation"/>.</summary>
public abstract record LoadSimulation
{
    private LoadSimulation(TimeSpan during) => During = during;

    /// <summary>How long the phase lasts.</summary>
    public TimeSpan During { get; }

    internal sealed record RampingInject(int Rate, TimeSpan Interval, TimeSpan Length) : LoadSimulation(Length);

    internal sealed record Inject(int Rate, TimeSpan Interval, TimeSpan Length) : LoadSimulation(Length);

    internal sealed record InjectRandom(int MinRate, int MaxRate, TimeSpan Interval, TimeSpan Length) : LoadSimulation(Length);

    internal sealed record RampingConstant(int Copies, TimeSpan Length) : LoadSimulation(Length);

    internal sealed record KeepConstant(int Copies, TimeSpan Length) : LoadSimulation(Length);

    internal sealed record Pause(TimeSpan Length) : LoadSimulation(Length);
}
