using Akool.Avatar.V1;
using Akool.Gateway.Mapping;
using Akool.Gateway.Tracing;
using Akool.Sessions;
using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionLimits = Akool.Sessions.SessionLimits;

namespace Akool.Gateway.Services;

/// <summary>Lifecycle of avatar sessions.</summary>
internal sealed class SessionGrpcService(SessionLifecycle sessions, IOptions<SessionLimits> limits) : SessionService.SessionServiceBase
{
    public override async Task<CreateSessionResponse> CreateSession(CreateSessionRequest request, ServerCallContext context)
    {
        var asked = SessionRequestMapping.Read(request, context.Owner(), limits.Value).OrThrow();
        var session = (await sessions.CreateAsync(asked, context.CancellationToken)).OrThrow(context);
        return new CreateSessionResponse { Session = SessionMapping.ToProtoWithMedia(session) };
    }

    public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context)
    {
        var session = sessions.Get(context.Owner(), SessionName.Parse(request.Name, "name").OrThrow()).OrThrow();
        return Task.FromResult(new GetSessionResponse { Session = SessionMapping.ToProtoWithMedia(session) });
    }

    public override Task<ListSessionsResponse> ListSessions(ListSessionsRequest request, ServerCallContext context)
    {
        var query = SessionRequestMapping.Read(request, context.Owner()).OrThrow();
        var page = sessions.List(query);
        var response = new ListSessionsResponse { TotalSize = page.Total, Sessions = { page.Sessions.Select(SessionMapping.ToProto) } };
        if (page.Next is { } next) response.NextPageToken = SessionPageToken.Write(next, query);
        return Task.FromResult(response);
    }

    public override async Task<PauseSessionResponse> PauseSession(PauseSessionRequest request, ServerCallContext context)
    {
        var id = SessionName.Parse(request.Name, "name").OrThrow();
        var session = (await sessions.PauseAsync(context.Owner(), id, context.CancellationToken)).OrThrow(context);
        return new PauseSessionResponse { Session = SessionMapping.ToProtoWithMedia(session) };
    }

    public override async Task<CloseSessionResponse> CloseSession(CloseSessionRequest request, ServerCallContext context)
    {
        var id = SessionName.Parse(request.Name, "name").OrThrow();
        var session = (await sessions.CloseAsync(context.Owner(), id, wait: !request.NoWait, context.CancellationToken)).OrThrow(context);
        return new CloseSessionResponse { Session = SessionMapping.ToProto(session) };
    }

    public override Task<KeepSessionAliveResponse> KeepSessionAlive(KeepSessionAliveRequest request, ServerCallContext context)
    {
        var session = sessions.KeepAlive(context.Owner(), SessionName.Parse(request.Name, "name").OrThrow()).OrThrow();
        return Task.FromResult(new KeepSessionAliveResponse
        {
            IdleExpireTime = ProtoTime.ToTimestamp(session.IdleExpireTime),
            ExpireTime = ProtoTime.ToTimestamp(session.ExpireTime),
        });
    }

    public override async Task WatchSessions(
        WatchSessionsRequest request, IServerStreamWriter<WatchSessionsResponse> responses, ServerCallContext context)
    {
        SessionId? id = request.Name.Length == 0 ? null : SessionName.Parse(request.Name, "name").OrThrow();
        using var watch = sessions.Watch(context.Owner(), id).OrThrow();
        RpcSpan.Joined(context); // before the first write, which a client that does not read holds up
        foreach (var session in watch.Present) await responses.WriteAsync(ToResponse(null, session, session.Record.CreateTime));
        await foreach (var change in watch.Changes.ReadAllAsync(context.CancellationToken))
            await responses.WriteAsync(ToResponse(change.Before, change.Session, change.Time));
        if (watch.Error is { } error) throw error.ToRpcException();
    }

    private static WatchSessionsResponse ToResponse(SessionState? before, SessionSnapshot session, DateTimeOffset time) => new()
    {
        Session = SessionMapping.ToProto(session),
        PreviousState = before is { } state ? SessionMapping.ToProto(state) : Session.Types.State.Unspecified,
        EventTime = ProtoTime.ToTimestamp(time),
    };
}
