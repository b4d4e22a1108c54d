using Akool.Sessions;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Rest;

/// <summary>How what holds calls up bears a step of the clock, and each other.</summary>
public sealed class BreakerAndHoldoffTests
{
    private const string Ok = """{"code":1000,"data":{"_id":"6698"}}""";

    [Fact]
    public async Task A_step_of_the_clock_does_not_prolong_what_akool_asked_for()
    {
        using var akool = new StubAkool();
        akool.Answer = (_, _) => Task.FromResult(StubAkool.Reply("", 429, "7"));
        await akool.Api.CreateAsync(Fixtures.Config, default);
        akool.Answers(Fixtures.Text("A-v3-websocket/create-response.json"));

        akool.Time.Step = -TimeSpan.FromHours(1);
        var held = await akool.Api.CreateAsync(Fixtures.Config, default);
        akool.Time.Advance(TimeSpan.FromSeconds(7));
        var after = await akool.Api.CreateAsync(Fixtures.Config, default);

        Assert.Equal(TimeSpan.FromSeconds(7), held.Error!.RetryAfter);
        Assert.True(after.IsOk);
    }

    [Fact]
    public async Task A_step_of_the_clock_does_not_keep_the_breaker_open()
    {
        using var akool = new StubAkool();
        await OpenBreakerAsync(akool);
        akool.Answers(Ok);

        akool.Time.Step = -TimeSpan.FromHours(1);
        akool.Time.Advance(TimeSpan.FromSeconds(6));
        var look = await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);

        Assert.True(look.IsOk);
        Assert.True(akool.Health.IsReachable);
    }

    [Fact]
    public async Task A_call_that_is_held_up_does_not_see_whether_akool_is_back_and_leaves_that_to_the_next()
    {
        using var akool = new StubAkool();
        akool.Answer = (_, _) => Task.FromResult(StubAkool.Reply("", 429, "60"));
        await akool.Api.CreateAsync(Fixtures.Config, default);
        await OpenBreakerAsync(akool);
        akool.Time.Advance(TimeSpan.FromSeconds(6));
        var sent = akool.Seen.Count;
        akool.Answers(Ok);

        var held = (await akool.Api.CreateAsync(Fixtures.Config, default).WaitAsync(StubAkool.Hang)).Error!;
        var wasReachable = akool.Health.IsReachable;
        var look = await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);

        Assert.Equal((SessionErrorCode.UpstreamBusy, true), (held.Code, held.NothingSent));
        Assert.False(wasReachable);
        Assert.True(look.IsOk);
        Assert.True(akool.Health.IsReachable);
        Assert.Equal(sent + 1, akool.Seen.Count);
    }

    private static async Task OpenBreakerAsync(StubAkool akool)
    {
        akool.Answers("", 500);
        for (var n = 0; n < 30; n++) await akool.Api.DetailAsync(new("6698"), default).WaitAsync(StubAkool.Hang);
        Assert.False(akool.Health.IsReachable);
    }
}
