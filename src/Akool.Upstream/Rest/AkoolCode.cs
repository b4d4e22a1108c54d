using System.Collections.Frozen;
using Akool.Sessions;
using static Akool.Sessions.SessionErrorCode;

namespace Akool.Upstream.Rest;

/// <summary>What one of AKOOL's business codes means to a caller of the gateway. The table is all the codes that AKOOL documents.</summary>
/// <param name="Code">AKOOL's number.</param>
/// <param name="Cause">What a caller is told.</param>
/// <param name="Detail">Our own sentence; AKOOL's <c>msg</c> varies and could hold anything.</param>
/// <param name="RetrySeconds">How long to wait before trying again; 0: trying again does not help.</param>
internal sealed record AkoolCode(int Code, SessionErrorCode Cause, string Detail, int RetrySeconds = 0)
{
    public const int Success = 1000;
    public const int TooFrequent = 1005;
    public const int TokenRejected = 1101;
    public const int AvatarBusy = 1215;
    public const int SessionGone = 1216;
    public const int SessionClosed = 1219;

    private const string Failed = "a step inside AKOOL failed";
    private const string Video = "AKOOL does not take the video";

    // Causes, and why:
    // - UpstreamAuthRejected: it is the gateway's own account or credentials that AKOOL turns away; a caller cannot mend it.
    // - UpstreamPrecondition: the credentials are good, but the account or the thing is not in a state for it (verified, paid, subscribed, running).
    // - UpstreamRejected: what the caller asked for is at fault.
    // - UpstreamCreditsExhausted: something is used up, and waiting does not bring it back.
    // - UpstreamUnavailable: AKOOL says that its own processing failed. That is its server error under another name: it may go better next time.
    // - CatalogItemNotFound: 1008 and 1014 do not say what does not exist; on a call about a session it is the session, else something of the catalogue.
    private static readonly FrozenDictionary<int, AkoolCode> Table = new AkoolCode[]
    {
        new(1003, UpstreamRejected, "AKOOL finds a parameter wrong or missing"),
        new(1004, UpstreamPrecondition, "AKOOL wants the gateway's account verified first"),
        new(TooFrequent, UpstreamBusy, "AKOOL asks for fewer requests", RetrySeconds: 2),
        new(1006, UpstreamCreditsExhausted, "the AKOOL account's quota is used up"),
        new(1007, UpstreamRejected, "AKOOL finds too many faces"),
        new(1008, CatalogItemNotFound, "AKOOL knows no such content"),
        new(1009, UpstreamAuthRejected, "AKOOL denies the gateway's account the permission"),
        new(1010, UpstreamPrecondition, "AKOOL does not allow this on the content"),
        new(1011, UpstreamPrecondition, "AKOOL has done this to the content already"),
        new(1013, UpstreamRejected, Video + ": it has no sound"),
        new(1014, CatalogItemNotFound, "AKOOL knows no such resource"),
        new(1015, UpstreamUnavailable, Failed + " (video)", RetrySeconds: 5),
        new(1016, UpstreamUnavailable, Failed + " (face)", RetrySeconds: 5),
        new(1017, UpstreamPrecondition, "AKOOL has not made the audio yet"),
        new(TokenRejected, UpstreamAuthRejected, "AKOOL rejects the gateway's token"),
        new(1102, UpstreamAuthRejected, "AKOOL misses the gateway's token"),
        new(1103, UpstreamPrecondition, "the AKOOL account is not paid"),
        new(1104, UpstreamCreditsExhausted, "the AKOOL account's credits are used up"),
        new(1105, UpstreamUnavailable, Failed + " (avatar)", RetrySeconds: 5),
        new(1108, UpstreamUnavailable, Failed + " (image)", RetrySeconds: 5),
        new(1109, UpstreamAuthRejected, "AKOOL does not know the gateway's account"),
        new(1110, UpstreamUnavailable, Failed + " (audio)", RetrySeconds: 5),
        new(1111, UpstreamUnavailable, Failed + " (avatar callback)", RetrySeconds: 5),
        new(1112, UpstreamUnavailable, Failed + " (voice)", RetrySeconds: 5),
        new(1200, UpstreamAuthRejected, "AKOOL has blocked the gateway's account"),
        new(1201, UpstreamUnavailable, Failed + " (making audio)", RetrySeconds: 5),
        new(1202, UpstreamRejected, Video + ": it has been synchronised in this language before"),
        new(1203, UpstreamRejected, Video + ": it has no sound"),
        new(1204, UpstreamRejected, Video + ": it is too long"),
        new(1205, UpstreamUnavailable, Failed + " (making a video)", RetrySeconds: 5),
        new(1206, UpstreamUnavailable, Failed + " (changing the background)", RetrySeconds: 5),
        new(1207, UpstreamRejected, Video + ": it is larger than 300 MB"),
        new(1208, UpstreamRejected, Video + ": it cannot be read"),
        new(1209, UpstreamRejected, Video + ": its encoding is not supported"),
        new(1210, UpstreamRejected, Video + ": it has more than 60 frames a second"),
        new(1211, UpstreamUnavailable, Failed + " (lip sync)", RetrySeconds: 5),
        new(1212, UpstreamUnavailable, Failed + " (sentiment analysis)", RetrySeconds: 5),
        new(1213, UpstreamPrecondition, "the AKOOL account needs a subscription for this"),
        new(1214, UpstreamPrecondition, "AKOOL is at work on this session already"),
        new(AvatarBusy, UpstreamBusy, "all places of the avatar are taken: wait, or take another avatar", RetrySeconds: 5),
        new(SessionGone, SessionNotFound, "AKOOL knows no such session"),
        new(1217, UpstreamUnavailable, Failed + " (session callback)", RetrySeconds: 5),
        new(1218, UpstreamUnavailable, Failed + " (session)", RetrySeconds: 5),
        new(SessionClosed, UpstreamPrecondition, "the session is closed at AKOOL"),
        new(1220, UpstreamUnavailable, Failed + " (uploading the avatar)", RetrySeconds: 5),
        new(1221, UpstreamPrecondition, "the AKOOL account has no subscription"),
        new(1222, UpstreamPrecondition, "AKOOL has such a resource already"),
        new(1223, UpstreamCreditsExhausted, "the AKOOL account may upload no more avatars"),
    }.ToFrozenDictionary(row => row.Code);

    /// <summary>What a code means as the answer to an operation; <paramref name="httpStatus"/> decides where AKOOL documents no such code.</summary>
    public static SessionError Explain(int code, int httpStatus, Operation operation)
    {
        var row = Table.GetValueOrDefault(code) ?? (httpStatus >= 500
            ? new(code, UpstreamUnavailable, $"AKOOL answered with the server error {code}", RetrySeconds: 5)
            : new(code, UpstreamRejected, $"AKOOL refused with code {code}, which it does not document"));
        var cause = row.Cause == CatalogItemNotFound && operation.IsOnSession ? SessionNotFound : row.Cause;
        return new(cause, $"{row.Detail} (code {code})") { UpstreamCode = code, RetryAfter = row.RetrySeconds > 0 ? TimeSpan.FromSeconds(row.RetrySeconds) : null };
    }

    /// <summary>Whether AKOOL documents the code.</summary>
    public static bool IsDocumented(int code) => code == Success || Table.ContainsKey(code);
}
