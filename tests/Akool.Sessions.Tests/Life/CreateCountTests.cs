using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Akool.Sessions.Tests.Life;

/// <summary>What the meters say of creates is what their callers were told.</summary>
public sealed class CreateCountTests
{
    [Fact]
    public async Task A_create_that_AKOOL_answers_too_late_counts_as_the_failure_that_its_caller_was_told()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource<Result<Ports.UpstreamSession>>();
        world.Akool.OnCreate = (_, _) => answer.Task;
        using var creates = new MetricCollector<long>(world.Meters, Telemetry.SourceName, "akool.session.create");

        var creating = world.CreateAsync();
        await world.Akool.CreateCalled;
        var session = world.Runtime.Registry.All.Single();
        world.Time.Advance(world.Limits.CreateTimeout);
        var told = await creating;
        answer.SetResult(world.Akool.Make());
        await session.Creation.WaitAsync(World.Hang, TestContext.Current.CancellationToken);

        Assert.Equal(SessionErrorCode.UpstreamTimeout, told.Error?.Code);
        Assert.Equal("upstream_timeout", Assert.Single(creates.GetMeasurementSnapshot()).Tags["akool.result"]);
    }
}
