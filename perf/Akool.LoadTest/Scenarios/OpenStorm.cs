using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using Grpc.Core;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace Akool.LoadTest.Scenarios;

/// <summary>
/// Far more creates than the gateway admits, on a schedule: each is admitted and then works as ever, or is refused with its reason; none times out.
/// A refusal counts as an answer.
/// </summary>
internal static class OpenStorm
{
    private const string Admitted = "admitted";
    private const string AtLimit = "SESSION_LIMIT_REACHED";

    /// <summary>A tenth of the creates of a second: a session that says a turn lives over 0.2 s, the quiet period, so that two of three find no place.</summary>
    public static int MaxLive(LoadShape shape) => Math.Max(1, shape.RateOr(shape.Sessions) / 10);

    public static ScenarioProps[] Build(LoadContext load) =>
    [
        load.Scenario("open-storm", async context =>
            {
                Session? session = null;
                var created = await Step.Run("create", context, () => CreateAsync(load, s => session = s));
                if (session is null) return created;
                var talked = await Measured.StepAsync("turn", context, () => TalkAsync(load, session.Name));
                var closed = await Measured.StepAsync("close", context, () => load.Gateway.CloseAsync(session.Name, CancellationToken.None));
                return talked.IsError ? talked : closed;
            })
            .WithoutWarmUp()
            .WithLoadSimulations(
                Simulation.RampingInject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During / 4),
                Simulation.Inject(rate: load.Shape.RateOr(load.Shape.Sessions), interval: TimeSpan.FromSeconds(1), during: load.Shape.During / 2))
            .MustHold(load.Shape, "create", stats => HasBoth(stats.StepStats.Get("create").Ok.StatusCodes, mayAdmitAll: load.MaxLive is null)),
    ];

    /// <summary>Whether some were admitted and some refused, which a gateway of unknown limits need not do.</summary>
    internal static bool HasBoth(StatusCodeStats[] codes, bool mayAdmitAll) => codes.Exists(Admitted) && (mayAdmitAll || codes.Exists(AtLimit));

    private static async Task<Response<object>> CreateAsync(LoadContext load, Action<Session> made)
    {
        try
        {
            made(await load.Gateway.CreateAsync(CancellationToken.None));
            return Response.Ok(statusCode: Admitted);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.ResourceExhausted && Refusal.ReasonOf(error) is { } reason)
        {
            return Response.Ok(statusCode: reason);
        }
        catch (RpcException error)
        {
            return Response.Fail(statusCode: error.StatusCode.ToString(), message: error.Status.Detail);
        }
    }

    private static async Task TalkAsync(LoadContext load, string session)
    {
        await using var stream = await ChatStream.AttachAsync(load.Gateway, new Attach { Session = session }, CancellationToken.None);
        await (await stream.SayAsync(LoadContext.Text)).CompletedAsync(load.Answers);
    }
}
