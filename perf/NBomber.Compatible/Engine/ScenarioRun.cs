using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Runs one scenario, a part at a time, so that several can begin each part together: init, warm-up, its phases, clean.</summary>
internal sealed class ScenarioRun(ScenarioProps scenario, int index, TimeSpan completionTimeout, TimeProvider time, Action<string> stop)
{
    private readonly ScenarioRecorder _recorder = new();
    private readonly InitContext _context =
        new(new(scenario.ScenarioName, 0, scenario.ScenarioName, Length(scenario.LoadSimulations), ScenarioOperation.Bombing));

    private TimeSpan _took;
    private int _givenUp;

    public Task InitAsync() => scenario.Init?.Invoke(_context) ?? Task.CompletedTask;

    public async Task WarmUpAsync(CancellationToken stopping)
    {
        if (scenario.Run is not null && scenario.WarmUpDuration is { } length) await PhasesAsync(WarmUpOf(length), ScenarioOperation.WarmUp, stopping);
    }

    public async Task BombAsync(CancellationToken stopping)
    {
        if (scenario.Run is null) return;
        _recorder.Begin();
        _took = await PhasesAsync(scenario.LoadSimulations, ScenarioOperation.Bombing, stopping);
        var never = CSharp.Response.Fail(Invocation.Timeout, $"still running {2 * completionTimeout.TotalSeconds:0.#} s after the load's end");
        for (var i = 0; i < _givenUp; i++) _recorder.RecordScenario(2 * completionTimeout, never);
    }

    public async Task CleanAsync()
    {
        try
        {
            if (scenario.Clean is not null) await scenario.Clean(_context);
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"clean of {scenario.ScenarioName} failed: {error}");
        }
    }

    public ScenarioOutcome Outcome() => _recorder.Outcome(scenario.ScenarioName, _took, index);

    /// <summary>Gives the time that the load took, without what it then waits for the invocations under way: rates are over the former.</summary>
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
        var took = time.GetElapsedTime(begin);
        var drained = Task.WhenAll(injector.DrainAsync(), copies.DrainAsync());
        if (!await EndsAsync(drained))
        {
            await cancellation.CancelAsync();
            if (!await EndsAsync(drained)) _givenUp += injector.Running + copies.Running;
        }

        await ended.CancelAsync();
        await seconds;
        return took;
    }

    private async Task<bool> EndsAsync(Task drained)
    {
        try
        {
            await drained.WaitAsync(completionTimeout, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
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
