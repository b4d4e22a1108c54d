using Grpc.Core;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Chat;

/// <summary>Steps whose failures have a status code: gRPC's, or <c>CONTRACT</c>, <c>LOST</c>, <c>TIMEOUT</c>.</summary>
internal static class Measured
{
    /// <summary>A promise of the contract was broken.</summary>
    public const string Contract = "CONTRACT";

    /// <summary>A turn ended without what was waited for.</summary>
    public const string Lost = "LOST";

    /// <summary>Nothing came within the limit.</summary>
    public const string Timeout = "TIMEOUT";

    public static Task<Response<object>> StepAsync(string name, IScenarioContext context, Func<Task> run) =>
        Step.Run(name, context, () => AsResponseAsync(run));

    /// <summary>Runs the body; what it throws becomes a failed response.</summary>
    public static async Task<Response<object>> AsResponseAsync(Func<Task> run)
    {
        try
        {
            await run();
            return Response.Ok();
        }
        catch (RpcException error)
        {
            return Response.Fail(statusCode: error.StatusCode.ToString(), message: error.Status.Detail);
        }
        catch (ContractViolationException error)
        {
            return Response.Fail(statusCode: Contract, message: error.Message);
        }
        catch (TurnLostException error)
        {
            return Response.Fail(statusCode: Lost, message: error.Message);
        }
        catch (TimeoutException error)
        {
            return Response.Fail(statusCode: Timeout, message: error.Message);
        }
    }
}
