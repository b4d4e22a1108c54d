using Akool.Avatar.V1;
using Akool.LoadTest.Chat;

namespace Akool.LoadTest.Tests;

public sealed class OpenTurnTests
{
    private readonly OpenTurn _turn = new("t1");

    [Fact]
    public async Task A_turn_that_is_answered_and_ended_once_holds()
    {
        _turn.OnAnswer(new Answer { Index = 0 });
        _turn.OnAnswer(new Answer { Index = 1 });
        _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.Completed, AnswerCount = 2 });

        await _turn.FirstAnswer;
        Assert.Equal(TurnOutcome.Completed, await _turn.Ended);
    }

    [Fact]
    public void A_hole_in_the_answers_is_a_breach() => Assert.Throws<ContractViolationException>(() => _turn.OnAnswer(new Answer { Index = 1 }));

    [Fact]
    public void An_answer_after_the_end_is_a_breach()
    {
        _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.NoAnswer });

        Assert.Throws<ContractViolationException>(() => _turn.OnAnswer(new Answer()));
    }

    [Fact]
    public void A_second_end_is_a_breach()
    {
        _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.Unknown });

        Assert.Throws<ContractViolationException>(() => _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.Unknown }));
    }

    [Fact]
    public void A_wrong_count_of_answers_is_a_breach() =>
        Assert.Throws<ContractViolationException>(() => _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.Completed, AnswerCount = 1 }));

    [Theory]
    [InlineData(TurnOutcome.Unknown)]
    [InlineData(TurnOutcome.NoAnswer)]
    [InlineData(TurnOutcome.Failed)]
    public async Task A_turn_that_was_answered_and_ended_otherwise_is_not_completed(TurnOutcome outcome)
    {
        _turn.OnAnswer(new Answer { Index = 0 });
        _turn.OnEnded(new TurnEnded { Outcome = outcome, AnswerCount = 1 });

        var step = await Measured.AsResponseAsync(() => _turn.CompletedAsync(null));

        Assert.Equal((true, Measured.Lost), (step.IsError, step.StatusCode));
    }

    [Theory]
    [InlineData("one two", false)]
    [InlineData("one", true)]
    [InlineData("two one", true)]
    public async Task A_turn_is_completed_by_the_answers_that_AKOOL_gave(string expected, bool isBreach)
    {
        _turn.OnAnswer(new Answer { Index = 0, Text = "one " });
        _turn.OnAnswer(new Answer { Index = 1, Text = "two" });
        _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.Completed, AnswerCount = 2 });

        var step = await Measured.AsResponseAsync(() => _turn.CompletedAsync(new(2, expected)));

        Assert.Equal(isBreach ? Measured.Contract : "", step.StatusCode);
    }

    [Fact]
    public async Task A_turn_with_too_few_answers_is_a_breach()
    {
        _turn.OnAnswer(new Answer { Index = 0, Text = "one" });
        _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.Completed, AnswerCount = 1 });

        await Assert.ThrowsAsync<ContractViolationException>(() => _turn.CompletedAsync(new(2, "one")));
    }

    [Fact]
    public async Task A_turn_that_ends_without_an_answer_says_so_to_who_waits_for_one()
    {
        _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.NotSent });

        await Assert.ThrowsAsync<TurnLostException>(() => _turn.FirstAnswer);
    }
}
