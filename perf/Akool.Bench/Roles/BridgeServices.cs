using System.Net.WebSockets;
using Akool.Avatar.V1;
using Grpc.Core;

namespace Akool.Bench.Roles;

/// <summary>Create and close of the bridge.</summary>
internal sealed class BridgeSessionService(BridgeSessions sessions) : SessionService.SessionServiceBase
{
    public override async Task<CreateSessionResponse> CreateSession(CreateSessionRequest request, ServerCallContext context) =>
        new() { Session = new Session { Name = await sessions.CreateAsync(request.Config.AvatarId), State = Session.Types.State.Active } };

    public override async Task<CloseSessionResponse> CloseSession(CloseSessionRequest request, ServerCallContext context)
    {
        await sessions.CloseAsync(request.Name);
        return new() { Session = new Session { Name = request.Name, State = Session.Types.State.Closed } };
    }
}

/// <summary>
/// A bridge without promises: a stream, a socket, JSON between. The bench measures itself with it where there is no gateway, and
/// makes it slower on purpose to see that the gate notices.
/// </summary>
internal sealed class BridgeChatService(BridgeSessions sessions) : ChatService.ChatServiceBase
{
    public override async Task Chat(IAsyncStreamReader<ChatRequest> requestStream, IServerStreamWriter<ChatResponse> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(CancellationToken.None)) return;
        var name = requestStream.Current.Attach?.Session ?? "sessions/";
        var room = sessions.RoomOf(name) ?? throw new RpcException(new(StatusCode.NotFound, "no such session"));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(room, CancellationToken.None);
        await responseStream.WriteAsync(new ChatResponse { Attached = new Attached { Session = new Session { Name = name }, ResumePoint = new ResumePoint(), ResumeOutcome = ResumeOutcome.New } });
        var answers = AnswersAsync(socket, responseStream);
        try
        {
            while (await requestStream.MoveNext(CancellationToken.None))
            {
                if (requestStream.Current.Turn is not { } turn) continue;
                await sessions.Slowness.BeforeTurnAsync();
                await socket.SendAsync(AkoolFrames.Question(turn.TurnId, turn.Text).AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
            }
        }
        catch (IOException)
        {
            // The client reset the stream; its socket is closed all the same.
        }

        if (socket.State == WebSocketState.Open) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await answers;
    }

    private static async Task AnswersAsync(ClientWebSocket socket, IServerStreamWriter<ChatResponse> responses)
    {
        var buffer = new byte[AkoolFrames.LargestFrame];
        var frames = new AkoolFrames(false);
        var sequence = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close) return;
            if (frames.ReadAnswer(buffer.AsSpan(0, received.Count)) is not { } answer) continue;
            try
            {
                await responses.WriteAsync(new ChatResponse { Sequence = ++sequence, TurnId = answer.MessageId, Answer = new Answer { Text = answer.Answer } });
                await responses.WriteAsync(new ChatResponse
                {
                    Sequence = ++sequence,
                    TurnId = answer.MessageId,
                    TurnEnded = new TurnEnded { Outcome = TurnOutcome.Completed, AnswerCount = 1 },
                });
            }
            catch (InvalidOperationException)
            {
                // The call has ended; what AKOOL still answers is read and dropped until the socket closes.
            }
        }
    }
}
