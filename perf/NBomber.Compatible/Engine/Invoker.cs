using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Runs invocations of one scenario and measures them from a given start.</summary>
internal sealed class Invoker(ScenarioProps scenario, ScenarioRecorder recorder, TimeProvider time, TimeSpan duration, ScenarioOperation operation,
    Action<string> stop, CancellationToken cancellation)
{
    private int _failed;

    public ScenarioInfo InfoOf(int instance) => new($"{scenario.ScenarioName}_{instance}", instance, scenario.ScenarioName, duration, operation);

    /// <summary>Leaves the caller's thread at once, so that a scenario that computes does not hold up the next start.</summary>
    public async Task RunAsync(ScenarioInfo info, int number, Dictionary<string, object> instanceData, long plannedStart)
    {
        await Task.Yield();
        IResponse response;
        try
        {
            response = await scenario.Run!(new Invocation(scenario, info, number, instanceData, plannedStart, recorder, time, stop, cancellation));
        }
        catch (RestartIterationException)
        {
            response = CSharp.Response.Fail();
        }
        catch (Exception error)
        {
            response = CSharp.Response.Fail(Invocation.CodeOf(error), error.Message);
        }

        recorder.RecordScenario(time.GetElapsedTime(plannedStart), response);
        if (response.IsError && Interlocked.Increment(ref _failed) == scenario.MaxFailCount) stop($"{scenario.ScenarioName} has failed {_failed} times");
    }
}
