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

    [Fact]
    public async Task A_turn_that_ends_without_an_answer_says_so_to_who_waits_for_one()
    {
        _turn.OnEnded(new TurnEnded { Outcome = TurnOutcome.NotSent });

        await Assert.ThrowsAsync<TurnLostException>(() => _turn.FirstAnswer);
    }
}
