using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using Grpc.Core;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>Far more creates than usual, on a schedule: each is admitted or refused, none times out. A refusal counts as an answer.</summary>
internal static class OpenStorm
{
    public static ScenarioProps[] Build(LoadContext load) =>
    [
        Scenario.Create("open-storm", async context =>
            {
                Session? session = null;
                var created = await Step.Run("create", context, () => CreateAsync(load, s => session = s));
                if (session is null) return created;
                var attached = await Measured.StepAsync("attach", context, async () =>
                {
                    await using var stream = await ChatStream.AttachAsync(load.Gateway, new Attach { Session = session.Name }, CancellationToken.None);
                });
                var closed = await Measured.StepAsync("close", context, () => load.Gateway.CloseAsync(session.Name, CancellationToken.None));
                return attached.IsError ? attached : closed;
            })
            .WithoutWarmUp()
            .WithLoadSimulations(
                Simulation.RampingInject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During / 4),
                Simulation.Inject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During / 2))
            .MustHold(load.Shape, "create"),
    ];

    private static async Task<Response<object>> CreateAsync(LoadContext load, Action<Session> made)
    {
        try
        {
            made(await load.Gateway.CreateAsync(CancellationToken.None));
            return Response.Ok(statusCode: "admitted");
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.ResourceExhausted)
        {
            return Response.Ok(statusCode: "refused");
        }
        catch (RpcException error)
        {
            return Response.Fail(statusCode: error.StatusCode.ToString(), message: error.Status.Detail);
        }
    }
}
