using System.Globalization;
using Akool.Sessions;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>Expected failures, as the status that ends an RPC or as a problem inside a response or a stream.</summary>
internal static class ErrorMapping
{
    private const string Domain = "akool.avatar";

    // `SESSION_NOT_FOUND` for ERROR_REASON_SESSION_NOT_FOUND, read off the contract itself.
    private static readonly Dictionary<Proto.ErrorReason, string> ReasonNames = Proto.SessionReflection.Descriptor.EnumTypes
        .Single(type => type.ClrType == typeof(Proto.ErrorReason)).Values
        .ToDictionary(value => (Proto.ErrorReason)value.Number, value => value.Name["ERROR_REASON_".Length..]);

    /// <summary>The value, or the end of the call.</summary>
    public static T OrThrow<T>(this Result<T> result) => result.IsOk ? result.Value : throw result.Error.ToRpcException();

    public static RpcException ToRpcException(this SessionError error)
    {
        var status = new Google.Rpc.Status { Code = (int)ErrorCodes.StatusOf(error.Code), Message = error.Detail };
        var reason = ErrorCodes.ReasonOf(error.Code);
        if (reason != Proto.ErrorReason.Unspecified) status.Details.Add(Any.Pack(ToErrorInfo(error, reason)));
        if (error.Field is not null) status.Details.Add(Any.Pack(ToBadRequest(error)));
        if (error.Limit is { } limit) status.Details.Add(Any.Pack(ToQuotaFailure(limit)));
        if (ErrorCodes.RetryAfterOf(error) is { } wait) status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = ProtoTime.ToDuration(wait) }));
        return status.ToRpcException();
    }

    public static Proto.Problem ToProblem(SessionError error) => new()
    {
        Code = (int)ErrorCodes.StatusOf(error.Code),
        Reason = ErrorCodes.ReasonOf(error.Code),
        Message = error.Detail,
        RetryAfter = ProtoTime.ToDuration(ErrorCodes.RetryAfterOf(error)),
        UpstreamCode = error.UpstreamCode,
    };

    private static ErrorInfo ToErrorInfo(SessionError error, Proto.ErrorReason reason)
    {
        var info = new ErrorInfo { Domain = Domain, Reason = ReasonNames[reason] };
        if (error.UpstreamCode != 0) info.Metadata.Add("upstream_code", error.UpstreamCode.ToString(CultureInfo.InvariantCulture));
        if (error.Limit is { } limit)
        {
            info.Metadata.Add("limit", limit.Limit.ToString(CultureInfo.InvariantCulture));
            info.Metadata.Add("used", limit.Used.ToString(CultureInfo.InvariantCulture));
        }

        return info;
    }

    private static BadRequest ToBadRequest(SessionError error)
    {
        var request = new BadRequest();
        foreach (var fault in error.Faults)
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = fault.Field, Description = fault.Detail });
        if (error.Faults.Count == 0)
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = error.Field, Description = error.Detail });
        return request;
    }

    private static QuotaFailure ToQuotaFailure(LimitUse limit)
    {
        var failure = new QuotaFailure();
        failure.Violations.Add(new QuotaFailure.Types.Violation
        {
            Subject = limit.Scope,
            Description = string.Create(CultureInfo.InvariantCulture, $"{limit.Used} of {limit.Limit} {limit.Name} are used"),
            QuotaMetric = limit.Name,
            QuotaValue = limit.Limit,
        });
        return failure;
    }
}
