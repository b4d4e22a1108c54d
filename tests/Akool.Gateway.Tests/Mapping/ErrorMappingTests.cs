using Akool.Avatar.V1;
using Akool.Gateway.Mapping;
using Akool.Sessions;
using Google.Rpc;
using Grpc.Core;
using static Akool.Sessions.SessionErrorCode;

namespace Akool.Gateway.Tests.Mapping;

public sealed class ErrorMappingTests
{
    // The contract's own words for each cause (session.proto, ErrorReason): code, reason, and whether it promises RetryInfo.
    private static readonly Dictionary<SessionErrorCode, (StatusCode Status, string? Reason, bool Retry)> Contract = new()
    {
        [InvalidField] = (StatusCode.InvalidArgument, "INVALID_FIELD", false),
        [InvalidPageToken] = (StatusCode.InvalidArgument, "INVALID_PAGE_TOKEN", false),
        [InputTooLarge] = (StatusCode.InvalidArgument, "INPUT_TOO_LARGE", false),
        [IdempotencyConflict] = (StatusCode.AlreadyExists, "IDEMPOTENCY_CONFLICT", false),
        [SessionNotFound] = (StatusCode.NotFound, "SESSION_NOT_FOUND", false),
        [SessionNotActive] = (StatusCode.FailedPrecondition, "SESSION_NOT_ACTIVE", false),
        [AttachRequired] = (StatusCode.FailedPrecondition, "ATTACH_REQUIRED", false),
        [SessionLimitReached] = (StatusCode.ResourceExhausted, "SESSION_LIMIT_REACHED", true),
        [RateLimited] = (StatusCode.ResourceExhausted, "RATE_LIMITED", true),
        [TurnQueueFull] = (StatusCode.ResourceExhausted, "TURN_QUEUE_FULL", false),
        [SlowConsumer] = (StatusCode.ResourceExhausted, "SLOW_CONSUMER", false),
        [CatalogItemNotFound] = (StatusCode.NotFound, "CATALOG_ITEM_NOT_FOUND", false),
        [UpstreamCreditsExhausted] = (StatusCode.ResourceExhausted, "UPSTREAM_CREDITS_EXHAUSTED", false),
        [UpstreamBusy] = (StatusCode.ResourceExhausted, "UPSTREAM_BUSY", true),
        [UpstreamUnavailable] = (StatusCode.Unavailable, "UPSTREAM_UNAVAILABLE", true),
        [UpstreamTimeout] = (StatusCode.DeadlineExceeded, "UPSTREAM_TIMEOUT", false),
        [UpstreamAuthRejected] = (StatusCode.Internal, "UPSTREAM_AUTH_REJECTED", false),
        [UpstreamRejected] = (StatusCode.InvalidArgument, "UPSTREAM_REJECTED", false),
        [UpstreamPrecondition] = (StatusCode.FailedPrecondition, "UPSTREAM_REJECTED", false),
        [UpstreamProtocol] = (StatusCode.Internal, "UPSTREAM_PROTOCOL", false),
        [GatewayDraining] = (StatusCode.Unavailable, "GATEWAY_DRAINING", true),
        [CredentialsInvalid] = (StatusCode.Unauthenticated, "CREDENTIALS_INVALID", false),
        [ScopeMissing] = (StatusCode.PermissionDenied, "SCOPE_MISSING", false),
        [LedgerUnavailable] = (StatusCode.Unavailable, "UPSTREAM_UNAVAILABLE", true),
        [StreamTakenOver] = (StatusCode.Aborted, null, false),
        [Canceled] = (StatusCode.Cancelled, null, false),
        [DeadlineExceeded] = (StatusCode.DeadlineExceeded, null, false),
    };

    public static TheoryData<SessionErrorCode> Codes => [.. System.Enum.GetValues<SessionErrorCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_cause_ends_a_call_as_the_contract_says(SessionErrorCode code)
    {
        var exception = new SessionError(code, "why").ToRpcException();
        var status = exception.GetRpcStatus()!;

        var (statusCode, reason, retry) = Contract[code];
        Assert.Equal(statusCode, exception.StatusCode);
        Assert.Equal("why", exception.Status.Detail);
        Assert.Equal((int)statusCode, status.Code);
        Assert.Equal(reason, status.GetDetail<ErrorInfo>()?.Reason);
        Assert.Equal(reason is null ? null : "akool.avatar", status.GetDetail<ErrorInfo>()?.Domain);
        Assert.Equal(retry, status.GetDetail<RetryInfo>() is not null);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_problem_in_a_stream_says_the_same_as_a_status(SessionErrorCode code)
    {
        var problem = ErrorMapping.ToProblem(new SessionError(code, "why") { UpstreamCode = 1215 });

        var (statusCode, reason, retry) = Contract[code];
        var expected = reason is null ? ErrorReason.Unspecified : System.Enum.Parse<ErrorReason>(reason.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        Assert.Equal(((int)statusCode, expected, "why", 1215, retry), (problem.Code, problem.Reason, problem.Message, problem.UpstreamCode, problem.RetryAfter is not null));
    }

    [Fact]
    public void Every_reason_of_the_contract_has_a_cause()
    {
        var reasons = System.Enum.GetValues<SessionErrorCode>().Select(ErrorCodes.ReasonOf).Distinct();

        Assert.Equal(System.Enum.GetValues<ErrorReason>(), reasons.Order());
    }

    [Fact]
    public void Every_field_of_a_problem_is_told()
    {
        Assert.Empty(MessageFields.Unset(ErrorMapping.ToProblem(Samples.Problem)));
    }

    [Fact]
    public void The_time_to_wait_is_the_one_that_is_known()
    {
        var error = new SessionError(UpstreamBusy, "busy") { RetryAfter = TimeSpan.FromSeconds(7.5) };

        Assert.Equal(TimeSpan.FromSeconds(7.5), error.ToRpcException().GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
    }

    [Fact]
    public void A_limit_is_told_with_its_use()
    {
        var error = new SessionError(SessionLimitReached, "full") { Limit = new LimitUse("live_sessions", "owner/alice", 10, 10) };

        var status = error.ToRpcException().GetRpcStatus()!;

        var violation = Assert.Single(status.GetDetail<QuotaFailure>()!.Violations);
        Assert.Equal(("owner/alice", "live_sessions", 10L), (violation.Subject, violation.QuotaMetric, violation.QuotaValue));
        Assert.Equal("10 of 10 live_sessions are used", violation.Description);
        Assert.Equal(("10", "10"), (status.GetDetail<ErrorInfo>()!.Metadata["limit"], status.GetDetail<ErrorInfo>()!.Metadata["used"]));
    }

    [Fact]
    public void The_code_of_AKOOL_is_told_where_there_is_one()
    {
        var metadata = new SessionError(UpstreamRejected, "no") { UpstreamCode = 1009 }.ToRpcException().GetRpcStatus()!.GetDetail<ErrorInfo>()!.Metadata;

        Assert.Equal("1009", metadata["upstream_code"]);
        Assert.Empty(new SessionError(LedgerUnavailable, "no").ToRpcException().GetRpcStatus()!.GetDetail<ErrorInfo>()!.Metadata);
    }

    [Fact]
    public void Every_fault_of_a_request_is_told()
    {
        var error = SessionError.Invalid([new("a", "is wrong"), new("b", "is wrong too")]);

        var violations = error.ToRpcException().GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations;

        Assert.Equal([("a", "is wrong"), ("b", "is wrong too")], violations.Select(violation => (violation.Field, violation.Description)));
    }
}
