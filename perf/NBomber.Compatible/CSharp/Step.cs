using NBomber.Contracts;
using NBomber.Engine;

namespace NBomber.CSharp;

/// <summary>Measures a part of a scenario by itself.</summary>
public static class Step
{
    /// <summary>Runs a step. An exception in it becomes a failed response with status code -101.</summary>
    public static async Task<Response<T>> Run<T>(string name, IScenarioContext context, Func<Task<Response<T>>> run)
    {
        var invocation = (Invocation)context;
        var started = invocation.Now();
        Response<T> response;
        try
        {
            response = await run();
        }
        catch (Exception error) when (!Invocation.IsEndOfRun(error, context.ScenarioCancellationToken))
        {
            response = Response.Fail<T>(Invocation.UnhandledException, error.Message);
        }

        invocation.Record(name, started, response);
        return response;
    }
}
