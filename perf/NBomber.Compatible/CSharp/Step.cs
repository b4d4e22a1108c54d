using NBomber.Contracts;
using NBomber.Engine;

namespace NBomber.CSharp;

/// <summary>Measures a part of a scenario by itself.</summary>
public static class Step
{
    /// <summary>
    /// Runs a step. An exception in it becomes a failed response with status code -101, a cancellation one with -100. A failed response ends the
    /// iteration, unless the scenario is <see cref="Scenario.WithRestartIterationOnFail"/> false.
    /// </summary>
    public static async Task<Response<T>> Run<T>(string name, IScenarioContext context, Func<Task<Response<T>>> run)
    {
        var invocation = (Invocation)context;
        var started = invocation.StepStart();
        Response<T> response;
        try
        {
            response = await run();
        }
        catch (Exception error)
        {
            response = Response.Fail<T>(Invocation.CodeOf(error), error.Message);
        }

        invocation.Record(name, started, response);
        return response.IsError && invocation.RestartsOnFail ? throw new RestartIterationException() : response;
    }
}
