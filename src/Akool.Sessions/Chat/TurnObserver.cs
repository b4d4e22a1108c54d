namespace Akool.Sessions.Chat;

/// <summary>Counts and traces the turns of one session.</summary>
internal sealed class TurnObserver(Session session, Telemetry telemetry)
{
    public void Taken(Turn turn)
    {
        session.TurnTaken();
        turn.Span = Telemetry.BeginTurn(turn.Stream.Trace, session.CreatedBy);
    }

    public void Answered(Turn turn)
    {
        telemetry.FirstAnswer(turn.FirstAnswerLatency!.Value);
        turn.Span?.AddEvent(new("first answer"));
    }

    public void Ended(Turn turn, TurnOutcome outcome)
    {
        session.TurnEnded(outcome);
        telemetry.TurnEnded(outcome, turn.Span, turn.Answers);
    }
}
