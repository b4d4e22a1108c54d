using System.Text;
using Akool.Avatar.V1;

namespace Akool.LoadTest.Chat;

/// <summary>A turn that was sent: when its answers come and how it ends. Its stream's reader alone moves it.</summary>
internal sealed class OpenTurn(string id)
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TurnOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _text = new();               // the reader's, until the turn has ended
    private volatile int _answers;

    public string Id => id;

    public int Answers => _answers;

    /// <summary>The first answer. Faults where the turn ends without one or its stream is lost.</summary>
    public Task FirstAnswer => _first.Task.WaitAsync(LoadLimits.Turn, TimeProvider.System);

    /// <summary>The outcome. Faults where the stream is lost.</summary>
    public Task<TurnOutcome> Ended => _ended.Task.WaitAsync(LoadLimits.Turn, TimeProvider.System);

    /// <summary>
    /// Waits for the end that every turn has where nothing goes wrong: COMPLETED, with these answers. <paramref name="expected"/> null: with any.
    /// Errors: <see cref="TurnLostException"/>, <see cref="ContractViolationException"/>.
    /// </summary>
    public async Task CompletedAsync(ExpectedAnswers? expected)
    {
        var outcome = await Ended;
        if (outcome != TurnOutcome.Completed) throw new TurnLostException($"ended {outcome} after {_answers} answers");
        if (_answers == 0) throw new ContractViolationException($"{id} is COMPLETED and was not answered");
        if (expected is { } due && (due.Count != _answers || due.Text != _text.ToString()))
            throw new ContractViolationException($"{id} is COMPLETED with {_answers} answers, '{_text}', where AKOOL gave {due.Count}, '{due.Text}'");
    }

    public void OnAnswer(Answer answer)
    {
        if (_ended.Task.IsCompletedSuccessfully) throw new ContractViolationException($"an answer came after turn_ended of {id}");
        if (answer.Index != _answers) throw new ContractViolationException($"answer {answer.Index} of {id} came where {_answers} was due");
        _text.Append(answer.Text);
        _answers++;
        _first.TrySetResult();
    }

    public void OnEnded(TurnEnded ended)
    {
        if (ended.AnswerCount != _answers && ended.Outcome == TurnOutcome.Completed)
            throw new ContractViolationException($"{id} ended with {ended.AnswerCount} answers, {_answers} came");
        if (!_ended.TrySetResult(ended.Outcome)) throw new ContractViolationException($"{id} ended twice");
        _first.TrySetException(new TurnLostException($"ended {ended.Outcome} without an answer"));
        _ = _first.Task.Exception; // nobody may be waiting for the first answer
    }

    public void OnLost(Exception why)
    {
        _first.TrySetException(why);
        _ended.TrySetException(why);
        // Nobody may be waiting for a turn whose stream is gone.
        _ = (_first.Task.Exception, _ended.Task.Exception);
    }
}

/// <summary>What AKOOL says to a turn: how many answers, and their texts joined.</summary>
internal readonly record struct ExpectedAnswers(int Count, string Text);

/// <summary>A turn ended without what was waited for; the sentence says how.</summary>
internal sealed class TurnLostException(string how) : Exception(how);
