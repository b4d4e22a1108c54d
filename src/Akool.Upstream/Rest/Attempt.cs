using Akool.Sessions;

namespace Akool.Upstream.Rest;

/// <summary>What one try of a call says about AKOOL.</summary>
internal enum Verdict
{
    /// <summary>AKOOL answered, be it with a refusal.</summary>
    Up,

    /// <summary>AKOOL cannot be reached, is broken, or is too slow.</summary>
    Down,

    /// <summary>The try ended before it could tell.</summary>
    Unknown,
}

/// <summary>One try of a call.</summary>
/// <param name="Error">Why it failed; null: it did not.</param>
/// <param name="Verdict">What it says about AKOOL.</param>
/// <param name="MayRepeat">Whether trying again could help, and does no harm.</param>
internal readonly record struct Attempt(SessionError? Error, Verdict Verdict, bool MayRepeat)
{
    /// <summary>It is still under way after the time that an answer should take; the call itself goes on waiting for it.</summary>
    public bool IsLate { get; init; }

    public static Attempt Late { get; } = new(null, Verdict.Down, MayRepeat: false) { IsLate = true };

    public static Attempt Canceled(bool nothingSent) =>
        new(new(SessionErrorCode.Canceled, "the caller left") { NothingSent = nothingSent }, Verdict.Unknown, MayRepeat: false);

    public static Attempt TimedOut(bool nothingSent) =>
        new(new(SessionErrorCode.UpstreamTimeout, "AKOOL did not answer in time") { NothingSent = nothingSent }, Verdict.Down, MayRepeat: false);
}
