using Akool.Avatar.V1;
using Akool.Sessions;
using Grpc.Core;

namespace Akool.Gateway.Mapping;

/// <summary>The contract's words for a cause: the gRPC code and the reason. A test walks both for every cause.</summary>
internal static class ErrorCodes
{
    public static StatusCode StatusOf(SessionErrorCode code) => code switch
    {
        SessionErrorCode.InvalidField or SessionErrorCode.InvalidPageToken or SessionErrorCode.InputTooLarge
            or SessionErrorCode.UpstreamRejected => StatusCode.InvalidArgument,
        SessionErrorCode.IdempotencyConflict => StatusCode.AlreadyExists,
        SessionErrorCode.SessionNotFound or SessionErrorCode.CatalogItemNotFound => StatusCode.NotFound,
        SessionErrorCode.SessionNotActive or SessionErrorCode.AttachRequired or SessionErrorCode.UpstreamPrecondition => StatusCode.FailedPrecondition,
        SessionErrorCode.SessionLimitReached or SessionErrorCode.RateLimited or SessionErrorCode.TurnQueueFull or SessionErrorCode.SlowConsumer
            or SessionErrorCode.UpstreamCreditsExhausted or SessionErrorCode.UpstreamBusy => StatusCode.ResourceExhausted,
        SessionErrorCode.UpstreamUnavailable or SessionErrorCode.GatewayDraining or SessionErrorCode.LedgerUnavailable => StatusCode.Unavailable,
        SessionErrorCode.UpstreamTimeout or SessionErrorCode.DeadlineExceeded => StatusCode.DeadlineExceeded,
        SessionErrorCode.UpstreamAuthRejected or SessionErrorCode.UpstreamProtocol => StatusCode.Internal,
        SessionErrorCode.CredentialsInvalid => StatusCode.Unauthenticated,
        SessionErrorCode.ScopeMissing => StatusCode.PermissionDenied,
        SessionErrorCode.StreamTakenOver => StatusCode.Aborted,
        SessionErrorCode.Canceled => StatusCode.Cancelled,
        _ => StatusCode.Internal,
    };

    /// <summary>The contract's reason; <see cref="ErrorReason.Unspecified"/>, which is never sent, where the gRPC code alone says it all.</summary>
    public static ErrorReason ReasonOf(SessionErrorCode code) => code switch
    {
        SessionErrorCode.InvalidField => ErrorReason.InvalidField,
        SessionErrorCode.InvalidPageToken => ErrorReason.InvalidPageToken,
        SessionErrorCode.InputTooLarge => ErrorReason.InputTooLarge,
        SessionErrorCode.IdempotencyConflict => ErrorReason.IdempotencyConflict,
        SessionErrorCode.SessionNotFound => ErrorReason.SessionNotFound,
        SessionErrorCode.SessionNotActive => ErrorReason.SessionNotActive,
        SessionErrorCode.AttachRequired => ErrorReason.AttachRequired,
        SessionErrorCode.SessionLimitReached => ErrorReason.SessionLimitReached,
        SessionErrorCode.RateLimited => ErrorReason.RateLimited,
        SessionErrorCode.TurnQueueFull => ErrorReason.TurnQueueFull,
        SessionErrorCode.SlowConsumer => ErrorReason.SlowConsumer,
        SessionErrorCode.CatalogItemNotFound => ErrorReason.CatalogItemNotFound,
        SessionErrorCode.UpstreamCreditsExhausted => ErrorReason.UpstreamCreditsExhausted,
        SessionErrorCode.UpstreamBusy => ErrorReason.UpstreamBusy,
        SessionErrorCode.UpstreamUnavailable => ErrorReason.UpstreamUnavailable,
        SessionErrorCode.UpstreamTimeout => ErrorReason.UpstreamTimeout,
        SessionErrorCode.UpstreamAuthRejected => ErrorReason.UpstreamAuthRejected,
        SessionErrorCode.UpstreamRejected or SessionErrorCode.UpstreamPrecondition => ErrorReason.UpstreamRejected,
        SessionErrorCode.UpstreamProtocol => ErrorReason.UpstreamProtocol,
        SessionErrorCode.GatewayDraining => ErrorReason.GatewayDraining,
        SessionErrorCode.CredentialsInvalid => ErrorReason.CredentialsInvalid,
        SessionErrorCode.ScopeMissing => ErrorReason.ScopeMissing,
        // The contract has no reason for a store that cannot be written. To a caller it is what this reason asks for: something behind the
        // gateway is away, nothing was begun, try again after RetryInfo. That AKOOL is not the cause shows in the missing upstream_code.
        SessionErrorCode.LedgerUnavailable => ErrorReason.UpstreamUnavailable,
        SessionErrorCode.StreamTakenOver or SessionErrorCode.Canceled or SessionErrorCode.DeadlineExceeded => ErrorReason.Unspecified,
        _ => ErrorReason.Unspecified,
    };

    /// <summary>
    /// How long to wait before trying again. The contract promises it for some causes: where nobody knows better, 1 s, which is long enough
    /// not to add to a pile-up and short enough for a person who waits.
    /// </summary>
    public static TimeSpan? RetryAfterOf(SessionError error) => error.RetryAfter ?? error.Code switch
    {
        SessionErrorCode.SessionLimitReached or SessionErrorCode.RateLimited or SessionErrorCode.UpstreamBusy or SessionErrorCode.UpstreamUnavailable
            or SessionErrorCode.GatewayDraining or SessionErrorCode.LedgerUnavailable => TimeSpan.FromSeconds(1),
        _ => null,
    };
}
