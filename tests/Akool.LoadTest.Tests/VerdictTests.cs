using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using Akool.LoadTest.Scenarios;
using Akool.LoadTest.Target;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using NBomber.Engine;

namespace Akool.LoadTest.Tests;

/// <summary>What makes a run fail, by value.</summary>
public sealed class VerdictTests
{
    [Theory]
    [InlineData(1, 0, "", true)]
    [InlineData(0, 0, "", false)]
    [InlineData(1, 10_000, "ResourceExhausted", false)]
    [InlineData(10_000, 1, "ResourceExhausted", false)]
    [InlineData(10_000, 1, "Internal", false)]
    [InlineData(10_000, 1, "Unknown", false)]
    [InlineData(10_000, 1, "-101", false)]
    [InlineData(10_000, 1, "CONTRACT", false)]
    [InlineData(80, 20, "Unavailable", true)]
    [InlineData(79, 21, "Unavailable", false)]
    public void A_soak_holds_where_most_went_well_and_nothing_went_wrong_that_no_fault_explains(int ok, int failed, string code, bool holds)
    {
        var recorder = new ScenarioRecorder();
        recorder.Begin();
        for (var i = 0; i < ok; i++) recorder.RecordScenario(TimeSpan.FromSeconds(1), Response.Ok());
        for (var i = 0; i < failed; i++) recorder.RecordScenario(TimeSpan.FromSeconds(1), Response.Fail(statusCode: code));
        var stats = recorder.Outcome("soak", TimeSpan.FromSeconds(10), 0).Stats;

        Assert.Equal(holds, Scenario.Empty("soak").MustStayTrue().Thresholds.All(threshold => threshold.Holds(stats)));
    }

    [Theory]
    [InlineData(0, 5, 5, true)]
    [InlineData(0, 7, 5, true)]
    [InlineData(1, 5, 5, false)]
    [InlineData(0, 0, 0, false)]
    [InlineData(0, 0, 5, false)]
    [InlineData(0, 4, 5, false)]
    public void A_leak_audit_passes_where_it_knows_every_session_and_none_is_open(int left, int all, int created, bool passes) =>
        Assert.Equal(passes, LeakAudit.Passed(left, all, created));

    [Theory]
    [InlineData("admitted SESSION_LIMIT_REACHED", false, true)]
    [InlineData("SESSION_LIMIT_REACHED", false, false)]
    [InlineData("SESSION_LIMIT_REACHED", true, false)]
    [InlineData("admitted", false, false)]
    [InlineData("admitted RATE_LIMITED", false, false)]
    [InlineData("admitted", true, true)]
    public void A_storm_of_opens_needs_admissions_and_where_the_limit_is_known_refusals(string codes, bool mayAdmitAll, bool holds) =>
        Assert.Equal(holds, OpenStorm.HasBoth([.. codes.Split(' ').Select(code => new StatusCodeStats(code, false, "", 1, 1))], mayAdmitAll));

    [Theory]
    [InlineData(SlowConsumerPolicy.Disconnect, 10, 0, false, "SLOW_CONSUMER", true)]
    [InlineData(SlowConsumerPolicy.Disconnect, 10, 0, false, "TURN_QUEUE_FULL", false)]
    [InlineData(SlowConsumerPolicy.Disconnect, 10, 90, true, null, false)]
    [InlineData(SlowConsumerPolicy.DropAnswers, 10, 90, true, null, true)]
    [InlineData(SlowConsumerPolicy.DropAnswers, 10, 89, true, null, false)]
    [InlineData(SlowConsumerPolicy.DropAnswers, 100, 0, true, null, false)]
    [InlineData(SlowConsumerPolicy.DropAnswers, 10, 90, false, null, false)]
    [InlineData(SlowConsumerPolicy.DropAnswers, 10, 90, true, "SLOW_CONSUMER", false)]
    public void A_deaf_client_is_told_as_its_policy_says(SlowConsumerPolicy policy, int answers, int inGaps, bool ended, string? refusal, bool holds) =>
        Assert.Equal(holds, new Leftovers(answers, inGaps, ended ? new TurnEnded() : null, refusal).WrongUnder(policy, 100) is null);

    [Theory]
    [InlineData("soak --gateway http://127.0.0.1:1", "--emulator")]
    [InlineData("slow-consumer --gateway http://127.0.0.1:1", "--emulator")]
    [InlineData("chat-burst --gateway http://127.0.0.1:1", "--emulator")]
    [InlineData("quick --gateway http://127.0.0.1:1", "--emulator")]
    [InlineData("quick --sessions 7", "--sessions")]
    [InlineData("soak --max-p99 7", "--max-p99")]
    [InlineData("soak --gateway http://127.0.0.1:1 --emulator http://127.0.0.1:2", null)]
    [InlineData("chat-steady --gateway http://127.0.0.1:1 --max-p99 7", null)]
    public void What_a_command_cannot_do_is_refused_with_the_option_named(string line, string? named)
    {
        var errors = LoadTestCommand.Create().Parse(line).Errors;

        if (named is null) Assert.Empty(errors);
        else Assert.Contains(errors, error => error.Message.Contains(named, StringComparison.Ordinal));
    }
}
