using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Runs one scenario: init, warm-up, its phases, clean.</summary>
internal sealed class ScenarioRun(ScenarioProps scenario, int index, TimeProvider time, Action<string> stop)
{
    /// <summary>What the invocations under way at the end get before they are cancelled.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private readonly ScenarioRecorder _recorder = new();

    public async Task<ScenarioOutcome> RunAsync(CancellationToken stopping)
    {
        var context = new InitContext(new(scenario.ScenarioName, 0, scenario.ScenarioName, Length(scenario.LoadSimulations), ScenarioOperation.Bombing));
        if (scenario.Init is not null) await scenario.Init(context);
        var took = TimeSpan.Zero;
        try
        {
            if (scenario.Run is not null)
            {
                if (scenario.WarmUpDuration is { } warmUp) await PhasesAsync(WarmUpOf(warmUp), ScenarioOperation.WarmUp, stopping);
                _recorder.Begin();
                took = await PhasesAsync(scenario.LoadSimulations, ScenarioOperation.Bombing, stopping);
            }
        }
        finally
        {
            if (scenario.Clean is not null) await scenario.Clean(context);
        }

        return _recorder.Outcome(scenario.ScenarioName, took, index);
    }

    private async Task<TimeSpan> PhasesAsync(IReadOnlyList<LoadSimulation> phases, ScenarioOperation operation, CancellationToken stopping)
    {
        using var cancellation = new CancellationTokenSource();
        using var ended = new CancellationTokenSource();
        var invoker = new Invoker(scenario, _recorder, time, Length(phases), operation, stop, cancellation.Token);
        var injector = new Injector(invoker, _recorder, time);
        var copies = new CopySet(invoker, time);
        var begin = time.GetTimestamp();
        var seconds = SecondsAsync(ended.Token);
        try
        {
            await InOrderAsync(phases, injector, copies, begin, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped early on purpose: what ran until now is reported.
        }

        copies.SetTarget(0);
        var drained = Task.WhenAll(injector.DrainAsync(), copies.DrainAsync());
        if (await Task.WhenAny(drained, Task.Delay(Grace, time, CancellationToken.None)) != drained) await cancellation.CancelAsync();
        await drained;
        await ended.CancelAsync();
        await seconds;
        return time.GetElapsedTime(begin);
    }

    private async Task InOrderAsync(IReadOnlyList<LoadSimulation> phases, Injector injector, CopySet copies, long begin, CancellationToken stopping)
    {
        var random = new Random(index);
        var rate = 0.0;
        foreach (var phase in phases)
        {
            if (phase is LoadSimulation.KeepConstant or LoadSimulation.RampingConstant) await copies.RunAsync(phase, begin, stopping);
            else
            {
                copies.SetTarget(0);
                await injector.RunAsync(Schedule.Of(phase, rate, random), begin, stopping);
                if (phase.During - time.GetElapsedTime(begin) is var rest && rest > TimeSpan.Zero) await Task.Delay(rest, time, stopping);
            }

            rate = Schedule.RateAfter(phase);
            begin += (long)(phase.During.TotalSeconds * time.TimestampFrequency);
        }
    }

    private async Task SecondsAsync(CancellationToken ended)
    {
        var begin = time.GetTimestamp();
        for (var last = TimeSpan.Zero; !ended.IsCancellationRequested;)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, ended).ContinueWith(_ => { }, TaskScheduler.Default);
            var now = time.GetElapsedTime(begin);
            if (now - last > TimeSpan.FromMilliseconds(500)) _recorder.CloseSecond(now.TotalSeconds, now - last);
            last = now;
        }
    }

    // Warm-up is the first phase's load, held for the warm-up's length.
    private LoadSimulation[] WarmUpOf(TimeSpan length) => scenario.LoadSimulations.FirstOrDefault(p => p is not LoadSimulation.Pause) switch
    {
        LoadSimulation.Inject p => [new LoadSimulation.Inject(p.Rate, p.Interval, length)],
        LoadSimulation.RampingInject p => [new LoadSimulation.RampingInject(p.Rate, p.Interval, length)],
        LoadSimulation.InjectRandom p => [new LoadSimulation.InjectRandom(p.MinRate, p.MaxRate, p.Interval, length)],
        LoadSimulation.KeepConstant p => [new LoadSimulation.KeepConstant(p.Copies, length)],
        LoadSimulation.RampingConstant p => [new LoadSimulation.RampingConstant(p.Copies, length)],
        _ => [],
    };

    private static TimeSpan Length(IReadOnlyList<LoadSimulation> phases) => phases.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.During);

    private sealed record InitContext(ScenarioInfo ScenarioInfo) : IScenarioInitContext;
}
