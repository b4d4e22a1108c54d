using Akool.Sessions;
using Grpc.Core;

namespace Akool.Gateway.Auth;

/// <summary>Who makes a call, as its credentials say.</summary>
/// <param name="Owner">To whom the sessions of this call belong.</param>
/// <param name="Scopes">What the credentials may be used for.</param>
/// <param name="Revoked">Cancelled when the credentials are taken away; a stream's own token is cancelled with it.</param>
internal sealed record Caller(OwnerId Owner, Scope Scopes, CancellationToken Revoked)
{
    /// <summary>Everybody, where no credentials are configured and only this machine is served.</summary>
    public static Caller Local { get; } = new(new OwnerId("local"), Scope.All, CancellationToken.None);
}

/// <summary>Gives services their caller.</summary>
internal static class CallerOfCall
{
    /// <summary>The caller. Throws where the call was not authenticated, which no service of ours ever sees.</summary>
    public static Caller GetCaller(this ServerCallContext context) =>
        context.GetHttpContext().Features.Get<Caller>() ?? throw new InvalidOperationException("the call has no caller");
}
