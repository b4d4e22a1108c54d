using Akool.Ledger.Rows;
using Akool.Sessions;

namespace Akool.Ledger.Tests;

/// <summary>Rows on disk hold words: a domain that grows or renames must not change what they mean.</summary>
public sealed class WordsTests
{
    [Fact]
    public void Every_value_of_the_domain_has_a_word_that_leads_back_to_it()
    {
        foreach (var state in Enum.GetValues<SessionState>()) Assert.Equal(state, Words.StateOf(Words.Of(state)));
        foreach (var transport in Enum.GetValues<MediaTransport>()) Assert.Equal(transport, Words.TransportOf(Words.Of(transport)));
        foreach (var mode in Enum.GetValues<TurnMode>()) Assert.Equal(mode, Words.ModeOf(Words.Of(mode)));
        foreach (var cause in Enum.GetValues<SessionErrorCode>()) Assert.Equal(cause, Words.CauseOf(cause.ToString()));
    }

    [Fact]
    public void The_causes_that_rows_hold_are_still_known()
    {
        string[] stored =
        [
            "InvalidField", "InputTooLarge", "UpstreamCreditsExhausted", "UpstreamBusy", "UpstreamUnavailable", "UpstreamTimeout",
            "UpstreamAuthRejected", "UpstreamRejected", "UpstreamPrecondition", "UpstreamProtocol", "Canceled", "DeadlineExceeded", "GatewayDraining",
        ];

        Assert.All(stored, word => Assert.Equal(word, Words.CauseOf(word).ToString()));
    }

    [Fact]
    public void A_cause_that_is_no_longer_known_does_not_keep_the_row_from_being_read() =>
        Assert.Equal(SessionErrorCode.UpstreamProtocol, Words.CauseOf("Gone"));

    [Fact]
    public void The_numbers_of_the_close_reasons_stay()
    {
        var numbers = Enum.GetValues<CloseReason>().Select(reason => $"{(int)reason} {reason}");

        Assert.Equal(
            "0 None, 1 ClientRequested, 2 AdminRequested, 3 IdleTimeout, 4 AttachTimeout, 5 ClientLost, 6 MaxDuration, 7 CreateAbandoned, "
            + "8 UpstreamEnded, 9 UpstreamFailed, 10 GatewayDrained, 11 OrphanReaped",
            string.Join(", ", numbers.Take(12)));
    }
}
