using Akool.Avatar.V1;

namespace Akool.LoadTest.Chat;

/// <summary>What a client that was deaf for a while finds when it reads on.</summary>
/// <param name="Answers">Answers that came after all.</param>
/// <param name="InGaps">Events that a Gap told as lost.</param>
/// <param name="Ended">The turn's end, if it came.</param>
/// <param name="Refusal">The reason for which the stream was ended, if it was.</param>
internal sealed record Leftovers(int Answers, long InGaps, TurnEnded? Ended, string? Refusal)
{
    /// <summary>What breaks the policy's promise, or null. <paramref name="sent"/>: answers that AKOOL gave.</summary>
    public string? WrongUnder(SlowConsumerPolicy policy, int sent) => policy switch
    {
        SlowConsumerPolicy.Disconnect when Refusal != "SLOW_CONSUMER" => $"{sent} answers to a deaf client, and its stream ended with '{Refusal}', not SLOW_CONSUMER",
        SlowConsumerPolicy.Disconnect => null,
        _ when Refusal is not null => $"a client that lets answers be dropped was cut off: {Refusal}",
        _ when Ended is null => "turn_ended was dropped",
        _ when InGaps == 0 => $"{sent} answers to a deaf client, and no Gap",
        _ when Answers + InGaps != sent => $"{Answers} answers came and {InGaps} were told as lost, of {sent}",
        _ => null,
    };
}
