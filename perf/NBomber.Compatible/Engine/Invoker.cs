using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Runs invocations of one scenario and measures them from a given start.</summary>
internal sealed class Invoker(ScenarioProps scenario, ScenarioRecorder recorder, TimeProvider time, TimeSpan duration, ScenarioOperation operation,
    Action<string> stop, CancellationToken cancellation)
{
    public ScenarioInfo InfoOf(int instance) => new($"{scenario.ScenarioName}_{instance}", instance, scenario.ScenarioName, duration, operation);

    /// <summary>Leaves the caller's thread at once, so that a scenario that computes does not hold up the next start.</summary>
    public async Task RunAsync(ScenarioInfo info, int number, Dictionary<string, object> data, long plannedStart)
    {
        await Task.Yield();
        IResponse response;
        try
        {
            response = await scenario.Run!(new Invocation(info, number, data, recorder, time, stop, cancellation));
        }
        catch (Exception error) when (Invocation.IsEndOfRun(error, cancellation))
        {
            return;
        }
        catch (Exception error)
        {
            response = CSharp.Response.Fail(Invocation.UnhandledException, error.Message);
        }

        recorder.RecordScenario(time.GetElapsedTime(plannedStart), response);
    }
}
